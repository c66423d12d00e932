//! The page: the files of the SPA, inside the binary. Every address that is no file and no resource is a route of the
//! page itself.

use super::problem::ApiError;
use axum::{
    body::Bytes,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use axum_extra::headers::{ETag, HeaderMapExt, IfNoneMatch};
use rust_embed::{Embed, EmbeddedFile};
use std::borrow::Cow;

/// A release binary has the files inside; a debug binary reads them from the folder.
#[derive(Embed)]
#[folder = "../dist"]
#[allow_missing = true]
struct Dist;

const INDEX: &str = "index.html";

/// Trunk puts a hash of at least so many hex digits into the name of a file that may be kept for ever.
const HASH_DIGITS: usize = 14;

/// Gives a file by its path.
type Files = fn(&str) -> Option<EmbeddedFile>;

/// Answers what no other route does.
pub(super) async fn serve(request: Request) -> Response {
    answer(Dist::get, &request)
}

fn answer(files: Files, request: &Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    if path.starts_with("api/") || path == "api" || path.starts_with("pki/") {
        return ApiError::not_found().into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "This can only be read.")
            .into_response();
    }
    if is_file_name(path) {
        return file(files, path, request.headers()).unwrap_or_else(|| StatusCode::NOT_FOUND.into_response());
    }
    file(files, INDEX, request.headers()).unwrap_or_else(without_page)
}

/// Routes of the page have no dot in their last part.
fn is_file_name(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.contains('.'))
}

fn without_page() -> Response {
    let text =
        "This server was built without its page. Build it with `cargo xtask build`, and start it again.\n";
    (StatusCode::SERVICE_UNAVAILABLE, [(header::CACHE_CONTROL, "no-cache")], text).into_response()
}

fn file(files: Files, name: &str, request: &HeaderMap) -> Option<Response> {
    let media_type = media_type(name)?;
    let plain = files(name)?;
    let compressed = if accepts_brotli(request) { files(&format!("{name}.br")) } else { None };
    let (content, encoding) = match compressed {
        Some(compressed) => (compressed, Some("br")),
        None => (plain, None),
    };
    let tag = entity_tag(&content);
    let cache_control = if is_hashed(name) { "public, max-age=31536000, immutable" } else { "no-cache" };
    // RFC 9110 §13.1.2
    let unchanged = request.typed_get::<IfNoneMatch>().is_some_and(|known| !known.precondition_passes(&tag));
    let mut response =
        if unchanged { StatusCode::NOT_MODIFIED.into_response() } else { body(content.data).into_response() };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    headers.typed_insert(tag);
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Some(response)
}

fn body(content: Cow<'static, [u8]>) -> Bytes {
    match content {
        Cow::Borrowed(inside_the_binary) => Bytes::from_static(inside_the_binary),
        Cow::Owned(read) => Bytes::from(read),
    }
}

/// The hash of the bytes that are sent: another for the compressed form (RFC 9110 §8.8.3).
fn entity_tag(content: &EmbeddedFile) -> ETag {
    let hash = crate::id::hex(&content.metadata.sha256_hash());
    format!("\"{hash}\"").parse().expect("hex digits in quotes are an entity tag")
}

/// `None` for files that are not for browsers, such as the compressed siblings.
fn media_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit('.').next()? {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/vnd.microsoft.icon",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

/// Whether the name changes with the content.
fn is_hashed(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|file| {
        file.split(['-', '_', '.'])
            .any(|part| part.len() >= HASH_DIGITS && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
    })
}

/// Whether the browser takes Brotli (RFC 9110 §12.5.3).
fn accepts_brotli(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| match coding.split_once(';') {
            None => coding.trim() == "br",
            Some((name, weight)) => name.trim() == "br" && !is_zero(weight),
        })
}

fn is_zero(weight: &str) -> bool {
    weight
        .trim()
        .strip_prefix("q=")
        .and_then(|value| value.parse::<f32>().ok())
        .is_some_and(|value| value == 0.0)
}

#[cfg(test)]
mod tests {
    use super::{accepts_brotli, answer, is_file_name, is_hashed, media_type};
    use axum::{
        body::Body,
        extract::Request,
        http::{HeaderMap, HeaderValue, StatusCode, header},
        response::Response,
    };
    use rust_embed::Embed;

    /// A page of two files.
    #[derive(Embed)]
    #[folder = "tests/page"]
    struct SmallPage;

    fn get(path: &str, headers: &[(&str, &str)]) -> Response {
        let request = headers
            .iter()
            .fold(Request::get(path), |request, (name, value)| request.header(*name, *value))
            .body(Body::empty())
            .unwrap();
        answer(SmallPage::get, &request)
    }

    fn header_of(response: &Response, name: header::HeaderName) -> &str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn every_route_of_the_page_is_the_page_and_a_missing_file_is_not() {
        for path in ["/", "/orders/0123", "/confirm/abc_DEF-123"] {
            let response = get(path, &[]);
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(header_of(&response, header::CONTENT_TYPE), "text/html; charset=utf-8");
            assert_eq!(header_of(&response, header::CACHE_CONTROL), "no-cache");
        }
        for path in ["/nothing.js", "/index.html.br", "/api/nothing", "/pki/nothing"] {
            assert_eq!(get(path, &[]).status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn a_file_with_its_hash_in_the_name_is_kept_for_ever() {
        let response = get("/app-0123456789abcdef.js", &[]);
        assert_eq!(header_of(&response, header::CACHE_CONTROL), "public, max-age=31536000, immutable");
        assert_eq!(header_of(&response, header::CONTENT_TYPE), "text/javascript; charset=utf-8");
    }

    #[test]
    fn the_compressed_form_goes_to_who_takes_it_under_a_tag_of_its_own() {
        let plain = get("/", &[]);
        let compressed = get("/", &[("accept-encoding", "br")]);
        assert_eq!(header_of(&plain, header::CONTENT_ENCODING), "");
        assert_eq!(header_of(&compressed, header::CONTENT_ENCODING), "br");
        assert_eq!(header_of(&compressed, header::VARY), "Accept-Encoding");
        assert_ne!(header_of(&plain, header::ETAG), header_of(&compressed, header::ETAG));
        let without_sibling = get("/app-0123456789abcdef.js", &[("accept-encoding", "br")]);
        assert_eq!(header_of(&without_sibling, header::CONTENT_ENCODING), "");
    }

    #[test]
    fn what_the_browser_has_is_not_sent_again() {
        let tag = header_of(&get("/", &[]), header::ETAG).to_owned();
        assert_eq!(get("/", &[("if-none-match", &tag)]).status(), StatusCode::NOT_MODIFIED);
        let (weak, list) = (format!("W/{tag}"), format!("\"other\", W/\"a,b\", {tag}"));
        for known in [weak.as_str(), &list, "*"] {
            let response = get("/", &[("if-none-match", known)]);
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(header_of(&response, header::ETAG), tag);
        }
        let in_two_lines = get("/", &[("if-none-match", "\"other\""), ("if-none-match", &tag)]);
        assert_eq!(in_two_lines.status(), StatusCode::NOT_MODIFIED);
        for other in ["\"other\"", "\"other\", \"another\"", tag.trim_matches('"'), ""] {
            assert_eq!(get("/", &[("if-none-match", other)]).status(), StatusCode::OK, "{other}");
        }
    }

    #[test]
    fn a_server_without_its_page_says_so() {
        let request = Request::get("/").body(Body::empty()).unwrap();
        assert_eq!(answer(|_| None, &request).status(), StatusCode::SERVICE_UNAVAILABLE);
    }

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        for hashed in ["frontend-6b3f0c2d9a81e7f4_bg.wasm", "app-0123456789abcdef.css"] {
            assert!(is_hashed(hashed), "{hashed}");
        }
        for plain in ["index.html", "boot.js", "crypto-worker_bg.wasm", "cafe-babe.js"] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }

    #[test]
    fn brotli_is_sent_only_to_who_takes_it() {
        for (value, expected) in [
            ("gzip, deflate, br, zstd", true),
            ("br;q=1.0, gzip", true),
            ("gzip", false),
            ("br;q=0", false),
            ("brotli", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            assert_eq!(accepts_brotli(&headers), expected, "{value}");
        }
        assert!(!accepts_brotli(&HeaderMap::new()));
    }

    #[test]
    fn compressed_siblings_are_no_files_of_their_own() {
        assert_eq!(media_type("app.js.br"), None);
        assert_eq!(media_type("app.wasm"), Some("application/wasm"));
    }

    #[test]
    fn routes_of_the_page_are_not_taken_for_files() {
        assert!(!is_file_name("orders/0123"));
        assert!(!is_file_name("confirm/abc_DEF-123"));
        assert!(is_file_name("boot.js"));
    }
}
