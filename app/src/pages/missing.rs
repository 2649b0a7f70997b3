//! No such page.

use crate::ui::empty::Empty;
use crate::ui::frame::Door;
use crate::ui::icon::Glyph;
use crate::ui::load::RequestId;
use crate::visit::{Visit, set_status};
use crate::{paths, say};
use leptos::prelude::*;

/// The page for an address that names nothing.
#[component]
pub fn MissingPage() -> impl IntoView {
    set_status(404);
    view! {
        <Door title=say!(ui.not_found_title)>
            <div class="mt-6">
                <Empty glyph=Glyph::Search title="404" text=say!(ui.not_found_text)>
                    <RequestId id=Visit::current().request_id/>
                    <a class="button" href=paths::OVERVIEW>{say!(ui.to_overview)}</a>
                </Empty>
            </div>
        </Door>
    }
}
