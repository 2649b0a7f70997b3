//! Hears of committed changes.

use crate::{Result, Service};

/// Hears of every committed change that touches the mirrors.
pub struct Changes(store::mirror::Changes);

impl Changes {
    /// Begins to listen. What was committed before is not told.
    ///
    /// # Errors
    /// A fault.
    pub async fn listen(service: &Service) -> Result<Self> {
        Ok(Self(service.store().changes().await?))
    }

    /// Waits for the next change, or for the end of a gap in which one may have been missed. Safe to drop while it waits.
    ///
    /// # Errors
    /// A fault; begin to listen anew then.
    pub async fn next(&mut self) -> Result<()> {
        Ok(self.0.next().await?)
    }
}
