//! Uploaded documents.

use crate::{
    client::{Answer, Person, organization},
    request::{answer, bare, request},
    stage::{CUSTOMER, SPECIALIST, Stage},
};
use protocol::{Document, Order, Verification};
use serde_json::json;

const MIB: usize = 1024 * 1024;

struct Scene {
    stage: Stage,
    customer: Person,
    order: String,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let customer = stage.sign_in(CUSTOMER).await;
        let order = customer.place_order("key").await.id;
        Self { stage, customer, order }
    }

    async fn upload(&self, name: &str, content: impl Into<Vec<u8>>) -> Answer {
        let path = format!("/api/orders/{}/documents?name={name}", self.order);
        let sent = bare("POST", &path)
            .header("x-signet", "1")
            .header("content-type", "application/octet-stream")
            .header("cookie", &self.customer.cookie);
        answer(&self.stage, sent, content.into()).await
    }

    async fn download(&self, person: &Person, id: &str) -> Answer {
        person.get(&format!("/api/orders/{}/documents/{id}", self.order)).await
    }
}

fn pdf_of(size: usize) -> Vec<u8> {
    let mut content = b"%PDF-1.7\n".to_vec();
    content.resize(size, b' ');
    content
}

#[tokio::test]
async fn a_document_comes_back_byte_for_byte_and_only_as_an_attachment() {
    let scene = Scene::new().await;
    let content = pdf_of(1000);
    let document: Document = scene.upload("odpis.pdf", content.clone()).await.expect(201);
    assert_eq!((document.media_type.as_str(), document.size_bytes), ("application/pdf", 1000));
    let specialist = scene.stage.sign_in(SPECIALIST).await;
    for person in [&scene.customer, &specialist] {
        let downloaded = scene.download(person, &document.id).await;
        assert_eq!((downloaded.status, &downloaded.body), (200, &content));
        assert!(downloaded.header("content-disposition").starts_with("attachment; filename=\"odpis.pdf\""));
        assert_eq!(downloaded.header("content-type"), "application/pdf");
        assert_eq!(downloaded.header("x-content-type-options"), "nosniff");
        let policy = downloaded.header("content-security-policy");
        assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"), "{policy}");
        assert_eq!(downloaded.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn what_a_file_is_is_told_by_its_content() {
    let scene = Scene::new().await;
    for (name, content, slug) in [
        ("page.pdf", b"<html><script>alert(1)</script>".to_vec(), "document-type"),
        ("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>".to_vec(), "document-type"),
        ("archive.pdf", b"PK\x03\x04".to_vec(), "document-type"),
        ("empty.pdf", Vec::new(), "document-empty"),
    ] {
        assert_eq!(scene.upload(name, content).await.slug(422), slug, "{name}");
    }
    let bomb =
        [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &50_000_u32.to_be_bytes(), &50_000_u32.to_be_bytes()];
    assert_eq!(scene.upload("bomb.png", bomb.concat()).await.slug(422), "document-pixels");
    assert_eq!(scene.stage.count("SELECT COUNT(*) FROM document").await, 0);
}

#[tokio::test]
async fn ten_mebibytes_are_accepted_and_one_byte_more_is_not() {
    let scene = Scene::new().await;
    assert_eq!(scene.upload("large.pdf", pdf_of(10 * MIB)).await.status, 201);
    assert_eq!(scene.upload("larger.pdf", pdf_of(10 * MIB + 1)).await.slug(413), "document-too-large");
}

#[tokio::test]
async fn the_twenty_first_document_is_refused_and_the_same_content_is_kept_once() {
    let scene = Scene::new().await;
    let first: Document = scene.upload("1.pdf", pdf_of(100)).await.expect(201);
    let again: Document = scene.upload("copy.pdf", pdf_of(100)).await.expect(200);
    assert_eq!(again, first);
    for number in 2..=20 {
        assert_eq!(scene.upload("more.pdf", pdf_of(100 + number)).await.status, 201);
    }
    assert_eq!(scene.upload("21.pdf", pdf_of(200)).await.slug(409), "too-many-documents");
}

#[tokio::test]
async fn a_name_from_outside_never_names_a_file_here() {
    let scene = Scene::new().await;
    let document: Document = scene.upload("..%2F..%2Fsignet.sqlite", pdf_of(50)).await.expect(201);
    assert_eq!(document.name, "signet.sqlite.pdf");
    let data = scene.stage.data_folder();
    let mut names: Vec<_> = std::fs::read_dir(data.join("documents"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, [document.sha256]);
}

#[tokio::test]
async fn a_specialist_sees_the_documents_that_a_claim_names() {
    let scene = Scene::new().await;
    let document: Document = scene.upload("odpis.pdf", pdf_of(100)).await.expect(201);
    scene.upload("other.pdf", pdf_of(101)).await.expect::<Document>(201);
    let mut data = organization();
    data["organization_identifier"] = serde_json::Value::Null;
    let evidence =
        json!({"data": data, "verification": {"method": "document", "document_ids": [document.id]}});
    let path = format!("/api/orders/{}/organization", scene.order);
    scene.customer.send("PUT", &path, Some(&evidence)).await.expect::<Order>(200);
    let specialist = scene.stage.sign_in(SPECIALIST).await;
    let verification: Verification =
        specialist.get(&format!("/api/verifications/{}", scene.order)).await.expect(200);
    assert_eq!(verification.claim.documents, [document]);
    assert_eq!(verification.register_evidence, None);
}

#[tokio::test]
async fn a_document_is_found_under_its_own_order_only() {
    let scene = Scene::new().await;
    let document: Document = scene.upload("odpis.pdf", pdf_of(100)).await.expect(201);
    let second = scene.customer.place_order("second").await.id;
    let path = format!("/api/orders/{second}/documents/{}", document.id);
    assert_eq!(scene.customer.get(&path).await.status, 404);
}

#[tokio::test]
async fn an_upload_without_our_header_is_refused() {
    let scene = Scene::new().await;
    let path = format!("/api/orders/{}/documents?name=a.pdf", scene.order);
    let sent = bare("POST", &path).header("cookie", &scene.customer.cookie);
    assert_eq!(answer(&scene.stage, sent, pdf_of(10)).await.slug(403), "cross-site");
    let path = format!("/api/orders/{}/documents", scene.order);
    let sent = request("POST", &path).header("cookie", &scene.customer.cookie);
    assert_eq!(answer(&scene.stage, sent, pdf_of(10)).await.slug(400), "invalid-query");
}
