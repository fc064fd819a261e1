//! A local HTTP server that answers by script, also badly, and fails a test that never asked it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What the server does with one request.
#[derive(Debug, Clone)]
pub enum Step {
    /// An answer with its length.
    Reply(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// The answer after a delay.
    Late(Duration, Box<Step>),
    /// Nothing, until the client gives up.
    Hang,
    /// A connection reset before any answer.
    Reset,
    /// An answer of status 200 that ends before its length.
    Truncated(Vec<u8>),
    /// An answer of status 200 that comes byte by byte, with a pause after each.
    Drip(Duration, Vec<u8>),
    /// Bytes that are no HTTP.
    Noise,
}

impl Step {
    /// Status 200 with this body.
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Step::status(200, body)
    }

    /// Any status with this body.
    pub fn status(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Step::Reply(status, Vec::new(), body.into())
    }

    /// The same answer with one more header.
    pub fn with(self, name: &'static str, value: &str) -> Self {
        match self {
            Step::Reply(status, mut headers, body) => {
                headers.push((name, value.to_owned()));
                Step::Reply(status, headers, body)
            }
            other => other,
        }
    }
}

type Script = dyn Fn(usize, &str) -> Step + Send + Sync;

/// The server; it stops when dropped.
pub struct Server {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    stopped: Arc<AtomicBool>,
}

impl Server {
    /// Answers by the number of the request (from 0) and its path with query.
    pub fn new(script: impl Fn(usize, &str) -> Step + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let stopped = Arc::new(AtomicBool::new(false));
        let script: Arc<Script> = Arc::new(script);
        let (log, stop) = (Arc::clone(&heads), Arc::clone(&stopped));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let (script, log, stop) = (Arc::clone(&script), Arc::clone(&log), Arc::clone(&stop));
                thread::spawn(move || serve(stream, &*script, &log, &stop));
            }
        });
        Self { address, heads, stopped }
    }

    /// Answers in this order; the last step answers all later requests.
    pub fn script(steps: Vec<Step>) -> Self {
        Self::new(move |nth, _| steps.get(nth).or(steps.last()).cloned().unwrap())
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Request lines and headers, in the order received.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// Paths with queries, in the order received.
    pub fn paths(&self) -> Vec<String> {
        self.heads().iter().map(|h| path(h).to_owned()).collect()
    }

    /// How many requests came.
    pub fn count(&self) -> usize {
        self.heads().len()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if self.count() == 0 && !thread::panicking() {
            panic!("nobody asked the server: the test proves nothing");
        }
    }
}

fn path(head: &str) -> &str {
    head.split(' ').nth(1).unwrap_or_default()
}

fn serve(mut stream: TcpStream, script: &Script, log: &Mutex<Vec<String>>, stop: &AtomicBool) {
    let Some(head) = read_head(&mut stream) else { return };
    let nth = {
        let mut log = log.lock().unwrap();
        log.push(head.clone());
        log.len() - 1
    };
    let mut step = script(nth, path(&head));
    while let Step::Late(delay, then) = step {
        thread::sleep(delay);
        step = *then;
    }
    // A client that has gone away is no fault of the server's.
    let _ = answer(&mut stream, step, stop);
}

/// All but the last byte of the head stays read; a reset needs something unread to be one.
fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

fn answer(stream: &mut TcpStream, step: Step, stop: &AtomicBool) -> std::io::Result<()> {
    if matches!(step, Step::Reset) {
        // The socket closes with a byte unread, which the system tells the other side as a reset.
        return Ok(());
    }
    stream.read_exact(&mut [0])?;
    match step {
        Step::Reply(status, headers, body) => {
            let mut head = format!("HTTP/1.1 {status} Status\r\nconnection: close\r\n");
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
            stream.write_all(head.as_bytes())?;
            stream.write_all(&body)
        }
        Step::Truncated(body) => {
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                body.len() + 100
            )?;
            stream.write_all(&body)
        }
        Step::Drip(pause, body) => {
            write!(stream, "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len())?;
            for byte in body {
                stream.write_all(&[byte])?;
                stream.flush()?;
                thread::sleep(pause);
            }
            Ok(())
        }
        Step::Noise => stream.write_all(b"\x16\x03\x01 this is not HTTP\r\n\r\n"),
        Step::Hang => {
            while !stop.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(20));
            }
            Ok(())
        }
        Step::Reset | Step::Late(..) => Ok(()),
    }
}
