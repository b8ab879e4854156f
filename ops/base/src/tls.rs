//! Which TLS the HTTP client uses: rustls with ring, like the mail courier.

/// Makes it so for the whole process; the first call does, later ones find it done.
pub fn ready() {
    // Somebody else of this process may have been first, with the same choice.
    drop(rustls::crypto::ring::default_provider().install_default());
}
