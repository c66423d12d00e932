//! Vite, webpack and esbuild make a page of the package, each with its own settings and nothing added; the page works
//! in a browser under a strict Content-Security-Policy.

use std::{
    fs,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use tests::browser::Browser;
use tokio::net::TcpListener;

use crate::{project::Project, readme::samples};

/// No script but the page's own files, and WebAssembly.
const POLICY: &str =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_made_by_vite_works() -> Result<()> {
    works("vite.mjs", "page.js").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_made_by_webpack_works() -> Result<()> {
    works("webpack.mjs", "page.js").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_made_by_esbuild_works() -> Result<()> {
    works("esbuild.mjs", "page-esbuild.js").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_without_a_bundler_works() -> Result<()> {
    works("no-bundler.mjs", "page.js").await
}

async fn works(bundler: &str, page: &str) -> Result<()> {
    let project = Project::new()?;
    project.add("pages")?;
    fs::copy(project.file(page), project.file("main.js"))?;
    // The sample of the README that only a page can run.
    let sample =
        samples()?.into_iter().find(|sample| sample.kind == "js page").context("no sample for a page")?;
    fs::write(project.file("sample.js"), sample.code)?;
    project.node(bundler)?;
    let served = project.file("dist");
    ensure!(served.join("index.html").is_file(), "{bundler} made no page");

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let origin = format!("http://localhost:{}", listener.local_addr()?.port());
    let server =
        tokio::spawn(
            async move { axum::serve(listener, Router::new().fallback(file).with_state(served)).await },
        );
    let browser = Browser::open(&origin, None).await?;
    let outcome = reads_done(&browser).await;
    browser.close().await?;
    server.abort();
    outcome.with_context(|| bundler.to_owned())
}

async fn reads_done(browser: &Browser) -> Result<()> {
    browser.goto("/").await?;
    // Both a failure and a success end with this word; what stands before it tells which.
    browser.see_within("finished", Duration::from_mins(1)).await?;
    let text = browser.text().await?;
    ensure!(text.contains("all is well"), "the page says: {text}");
    Ok(())
}

/// A file of the page, with the type that its name says and the policy.
async fn file(State(folder): State<PathBuf>, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    let Ok(bytes) = fs::read(folder.join(path)) else { return StatusCode::NOT_FOUND.into_response() };
    let kind = match Path::new(path).extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    };
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, POLICY)], bytes).into_response()
}
