//! The server's end: takes commands one after the other, a few at a time, and says what they print.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::{self, Bytes};
use actix_web::{App, HttpResponse, HttpServer, dev};
use anyhow::{Context, Result};
use duban_runtime::loops::{Kept, Loop};
use futures_util::stream;
use tokio::sync::{Semaphore, mpsc};

use super::{CarryOut, Order, Piece, socket};
use crate::serving;
use duban_server::server::Server;

/// An order is a command line.
const ORDER_BYTES_MAX: usize = 1024 * 1024;
/// Commands at work at a time; one more waits its turn.
const TOGETHER: usize = 4;
/// Pieces that wait for a caller who reads slowly; the command waits when there are more.
const PIECES_MAX: usize = 64;
/// Seconds that commands under way are given when the server stops.
const STOP_PATIENCE_S: u64 = 10;
/// Bytes of output that make a piece.
const PIECE_BYTES: usize = 16 * 1024;

/// Dead when the server's own signs of life stay away so long.
const CONTROL: Loop = Loop { name: "control", silent_max: Duration::from_mins(1) };

/// The control socket at work.
#[derive(Debug)]
pub struct Control(Kept);

impl Control {
    /// Takes no further commands; those under way are carried out.
    pub async fn close(self) {
        self.0.close().await;
    }
}

/// Opens the control socket of `server`, whose orders `carry_out` is for; runs on the caller's actix system.
///
/// # Errors
/// When the socket cannot be made: no right to, or a path that is too long for one.
pub fn open(server: &Arc<Server>, carry_out: CarryOut) -> Result<Control> {
    let path = socket(&server.config.store_dir);
    let carrier = Carrier { carry_out, turns: Arc::new(Semaphore::new(TOGETHER)) };
    prepare(&path)?;
    let failed = || format!("无法建立控制套接字 {}(路径是否过长?)", path.display());
    let first = listening(server, &carrier, &path).with_context(failed)?;
    let held = Arc::clone(server);
    let again = move || {
        prepare(&path).map_err(io::Error::other)?;
        listening(&held, &carrier, &path)
    };
    Ok(Control(serving::keep(server, CONTROL, first, again)))
}

/// Whoever carries orders out, and how many at a time.
#[derive(Clone)]
struct Carrier {
    carry_out: CarryOut,
    turns: Arc<Semaphore>,
}

fn listening(server: &Arc<Server>, carrier: &Carrier, path: &Path) -> io::Result<dev::Server> {
    let (server, carrier) = (Arc::clone(server), carrier.clone());
    let app = move || {
        App::new()
            .app_data(web::Data::new((Arc::clone(&server), carrier.clone())))
            .app_data(web::JsonConfig::default().limit(ORDER_BYTES_MAX))
            .route("/run", web::post().to(run))
    };
    let opening = HttpServer::new(app).workers(1).shutdown_timeout(STOP_PATIENCE_S);
    Ok(opening.disable_signals().bind_uds(path)?.run())
}

/// A directory that only its owner enters, without the socket of a server that was killed.
fn prepare(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = path.parent().unwrap_or(path);
    let failed = || format!("无法准备控制套接字的目录 {}", dir.display());
    std::fs::create_dir_all(dir).with_context(failed)?;
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700)).with_context(failed)?;
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error).with_context(failed),
        Ok(()) | Err(_) => Ok(()),
    }
}

type Shared = web::Data<(Arc<Server>, Carrier)>;

async fn run(shared: Shared, order: web::Json<Order>) -> HttpResponse {
    let (server, Carrier { carry_out, turns }) = (Arc::clone(&shared.0), shared.1.clone());
    let Ok(turn) = turns.acquire_owned().await else {
        return HttpResponse::ServiceUnavailable().finish();
    };
    let (pieces, said) = mpsc::channel(PIECES_MAX);
    actix_web::rt::task::spawn_blocking(move || {
        let (mut out, mut err) =
            (Pieces::new(&pieces, Piece::Out), Pieces::new(&pieces, Piece::Err));
        let exit = carry_out(&server, &order, &mut out, &mut err);
        // A caller who went away has what they wanted.
        drop(out.flush().and_then(|()| err.flush()));
        drop(pieces.blocking_send(line(&Piece::Exit(exit))));
        drop(turn);
    });
    let body = stream::unfold(said, |mut said| async {
        said.recv().await.map(|piece| (Ok::<_, io::Error>(piece), said))
    });
    HttpResponse::Ok().content_type("application/x-ndjson").streaming(body)
}

fn line(said: &Piece) -> Bytes {
    // Writing plain texts cannot fail.
    let mut line = serde_json::to_vec(said).unwrap_or_default();
    line.push(b'\n');
    Bytes::from(line)
}

/// Gathers what is printed, and sends it on by the line.
struct Pieces<'a> {
    to: &'a mpsc::Sender<Bytes>,
    kind: fn(String) -> Piece,
    gathered: Vec<u8>,
}

impl<'a> Pieces<'a> {
    fn new(to: &'a mpsc::Sender<Bytes>, kind: fn(String) -> Piece) -> Pieces<'a> {
        Pieces { to, kind, gathered: Vec::new() }
    }

    fn send(&mut self, end: usize) -> io::Result<()> {
        let piece: Vec<u8> = self.gathered.drain(..end).collect();
        if piece.is_empty() {
            return Ok(());
        }
        let piece = line(&(self.kind)(String::from_utf8_lossy(&piece).into_owned()));
        self.to.blocking_send(piece).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= PIECE_BYTES
            && let Some(end) = self.gathered.iter().rposition(|byte| *byte == b'\n')
        {
            self.send(end + 1)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send(self.gathered.len())
    }
}
