//! Icons: inline SVG on a grid of 16, drawn with the current colour. They are decoration; the word beside them says it.

use leptos::prelude::*;

macro_rules! glyphs {
    ($($(#[$doc:meta])* $name:ident = $path:literal;)+) => {
        /// Which icon.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Glyph { $($(#[$doc])* $name,)+ }

        impl Glyph {
            /// Every icon, for the gallery.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            const fn path(self) -> &'static str {
                match self { $(Self::$name => $path),+ }
            }
        }
    };
}

glyphs! {
    /// Overview.
    Grid = "M2.5 2.5H7V7H2.5zM9 2.5h4.5V7H9zM2.5 9H7v4.5H2.5zM9 9h4.5v4.5H9z";
    /// Tokens.
    Key = "M10.4 2.2a3.4 3.4 0 1 1-2.3 5.9L2.6 13.6h2.2M4.6 11.6l1.7 1.7M11 4.9h.01";
    /// Teams.
    People = "M6 7.4A2.5 2.5 0 1 0 6 2.4a2.5 2.5 0 0 0 0 5zM1.5 13.5c0-2.6 2-4 4.5-4s4.5 1.4 4.5 4M10.6 2.7a2.4 2.4 0 0 1 0 4.4M12.2 9.9c1.5.6 2.3 1.9 2.3 3.6";
    /// Mirrors.
    Layers = "M8 1.9 14 5 8 8.1 2 5zM2 8l6 3.1L14 8M2 11l6 3.1 6-3.1";
    /// Routes.
    Fork = "M3.5 4.6a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2zM12.5 4.6a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2zM8 14.6a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2zM3.5 4.6v1A2.4 2.4 0 0 0 5.9 8h4.2a2.4 2.4 0 0 0 2.4-2.4v-1M8 8v3.4";
    /// Audit.
    Lines = "M3.5 1.9h6.2l2.8 2.8v9.4h-9zM6 7h4M6 9.3h4M6 11.6h2.4";
    /// Settings.
    Sliders = "M2 4.7h6.4M12.2 4.7H14M2 11.3h1.8M7.6 11.3H14M10.3 6.6a1.9 1.9 0 1 0 0-3.8 1.9 1.9 0 0 0 0 3.8zM5.7 13.2a1.9 1.9 0 1 0 0-3.8 1.9 1.9 0 0 0 0 3.8z";
    /// Good.
    Check = "M3 8.4l3.3 3.2L13 4.6";
    /// Good, as a state.
    CheckRound = "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM5.2 8.2l2 1.9 3.6-3.9";
    /// Careful.
    Triangle = "M8 2.2l6.3 11.3H1.7zM8 6.5v3.4M8 11.7h.01";
    /// Broken.
    CrossRound = "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM5.9 5.9l4.2 4.2M10.1 5.9l-4.2 4.2";
    /// Good to know.
    Info = "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 7.3v3.6M8 5h.01";
    /// Ended.
    DashRound = "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM5.3 8h5.4";
    /// Waiting.
    Clock = "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 4.6V8l2.3 1.5";
    /// Held.
    Pause = "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM6.5 5.8v4.4M9.5 5.8v4.4";
    /// Light.
    Sun = "M8 5.1a2.9 2.9 0 1 0 0 5.8 2.9 2.9 0 0 0 0-5.8zM8 1v1.4M8 13.6V15M1 8h1.4M13.6 8H15M3.05 3.05l1 1M11.95 11.95l1 1M12.95 3.05l-1 1M4.05 11.95l-1 1";
    /// Dark.
    Moon = "M13.6 9.7A6 6 0 1 1 6.3 2.4a4.8 4.8 0 0 0 7.3 7.3z";
    /// As the system.
    Screen = "M2 2.8h12v8.4H2zM5.5 14h5M8 11.2V14";
    /// Language.
    Globe = "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM1.8 8h12.4M8 1.8c2.5 2.4 2.5 10 0 12.4M8 1.8c-2.5 2.4-2.5 10 0 12.4";
    /// A person.
    Person = "M8 7.6a2.9 2.9 0 1 0 0-5.8 2.9 2.9 0 0 0 0 5.8zM2.4 14.2c.3-2.9 2.5-4.5 5.6-4.5s5.3 1.6 5.6 4.5";
    /// Sign out.
    Leave = "M6.2 2.5H2.5v11h3.7M10.4 4.9 13.5 8l-3.1 3.1M13.5 8H6";
    /// New.
    Plus = "M8 3v10M3 8h10";
    /// Copy.
    Copy = "M5.5 5.5h8v8h-8zM3.6 10.5H2.5v-8h8v1.1";
    /// Show.
    Eye = "M1.5 8S4 3.6 8 3.6 14.5 8 14.5 8 12 12.4 8 12.4 1.5 8 1.5 8zM8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4z";
    /// Remove, revoke.
    Bin = "M2.5 4.2h11M6 4.2V2.5h4v1.7M4 4.2l.6 9.3h6.8l.6-9.3M6.7 7v4M9.3 7v4";
    /// Further actions.
    Dots = "M3 8h.01M8 8h.01M13 8h.01";
    /// Close.
    Close = "M4 4l8 8M12 4l-8 8";
    /// On.
    Right = "M6 3.5 10.5 8 6 12.5";
    /// Back.
    Left = "M10 3.5 5.5 8l4.5 4.5";
    /// Search.
    Search = "M7 2.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6zM10.5 10.5l3.3 3.3";
}

/// An icon.
#[component]
pub fn Icon(
    /// Which.
    glyph: Glyph,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
            <path d=glyph.path()></path>
        </svg>
    }
}

/// The mark of Tokenkeep: a keep with a keyhole.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg viewBox="0 0 24 24" fill="currentColor" fill-rule="evenodd" aria-hidden="true">
            <path d="M4 3h3.6v2.6h2.6V3h3.6v2.6h2.6V3H20v7.2l-2 1.6V21H6v-9.2l-2-1.6zM12 11.6a2 2 0 0 0-1 3.73V18h2v-2.67a2 2 0 0 0-1-3.73z"></path>
        </svg>
    }
}
