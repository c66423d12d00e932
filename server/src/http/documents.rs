//! `/api/orders/{id}/documents`: files that prove an organization's existence.

use super::{
    openapi::OtherwiseProblem,
    problem::{ApiError, AsProblem},
    uploads::{UploadPlace, UploadPlaces},
};
use crate::{
    access::Caller,
    document::{self, AddError, Added, MAXIMUM_DOCUMENT_BYTES, MediaType, PictureError},
    id::{DocumentId, OrderId},
    state::AppState,
};
use axum::{
    Extension, Json,
    body::Bytes,
    extract::{
        DefaultBodyLimit, Path, Query, State,
        rejection::{BytesRejection, QueryRejection},
    },
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::Document;
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

/// A document that a browser opens after all runs nothing and loads nothing.
const DOCUMENT_POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(add))
        .routes(routes!(download))
        .layer(DefaultBodyLimit::max(MAXIMUM_DOCUMENT_BYTES))
        .layer(Extension(UploadPlaces::default()))
}

#[derive(Deserialize)]
struct Upload {
    name: String,
}

/// Adds a document, PDF, PNG or JPEG by its content, at most 10 MiB.
#[utoipa::path(
    post,
    path = "/api/orders/{id}/documents",
    params(
        ("id" = String, Path, description = "The order's id"),
        ("name" = String, Query, description = "The file's name")
    ),
    security(("session" = [])),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, description = "Added", body = Document),
        (status = 200, description = "Added before with the same content", body = Document),
        OtherwiseProblem
    )
)]
async fn add(
    State(state): State<AppState>,
    caller: Caller,
    Path(order): Path<OrderId>,
    upload: Result<Query<Upload>, QueryRejection>,
    _place: UploadPlace,
    content: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Document>), ApiError> {
    let Query(upload) = upload?;
    let content = content?;
    let environment = state.environment();
    let examined = {
        let mut reader = state.read().await?;
        document::examine(&mut reader, environment, &caller, &order, &upload.name, &content).await?
    };
    let written = document::write_to_disk(environment, examined, &content).await.map_err(AddError::from)?;
    let (document, added) = state
        .write(async move |transaction, environment| {
            document::add(transaction, environment, &caller, &order, written).await
        })
        .await?;
    let status = match added {
        Added::Now => StatusCode::CREATED,
        Added::Before => StatusCode::OK,
    };
    Ok((status, Json(document::to_protocol(&document))))
}

impl AsProblem for BytesRejection {
    fn as_problem(&self) -> ApiError {
        if self.status() == StatusCode::PAYLOAD_TOO_LARGE {
            ApiError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "document-too-large",
                "The document is larger than 10 MiB.",
            )
            .detail("Scan it with fewer dots per inch, or split it.")
        } else {
            ApiError::new(
                StatusCode::BAD_REQUEST,
                "document-incomplete",
                "The document did not arrive whole.",
            )
            .detail("Send it again.")
        }
    }
}

impl AsProblem for AddError {
    fn as_problem(&self) -> ApiError {
        let unprocessable = |slug, title| ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, slug, title);
        match self {
            Self::OrderNotFound => ApiError::not_found(),
            Self::Empty => {
                unprocessable("document-empty", "The document has no content.").detail("Choose another file.")
            }
            Self::MediaType => {
                unprocessable("document-type", "The document is neither a PDF nor a PNG or JPEG picture.")
                    .detail("What counts is the content, not the name. Save it as PDF and add it again.")
            }
            Self::Picture(PictureError::TooManyPixels) => {
                unprocessable("document-pixels", "The picture has too many pixels.")
                    .detail("Scan it with fewer dots per inch.")
            }
            Self::Picture(PictureError::Unreadable) => {
                unprocessable("document-picture", "The size of the picture cannot be read.")
                    .detail("The file may be damaged. Save it as PDF and add it again.")
            }
            Self::TooMany => ApiError::new(
                StatusCode::CONFLICT,
                "too-many-documents",
                "This organization has 20 documents, which is the most.",
            )
            .detail("Put several pages into one PDF."),
            Self::File(error) => {
                tracing::error!(kind = %error.kind(), "a document could not be written");
                ApiError::internal()
            }
            Self::Storage(error) => error.as_problem(),
        }
    }
}

/// A document, for whoever provides the data and for those who verify them.
#[utoipa::path(
    get,
    path = "/api/orders/{id}/documents/{document_id}",
    params(
        ("id" = String, Path, description = "The order's id"),
        ("document_id" = String, Path, description = "The document's id")
    ),
    security(("session" = [])),
    responses((status = 200, description = "The file", content_type = "application/octet-stream"), OtherwiseProblem)
)]
async fn download(
    State(state): State<AppState>,
    caller: Caller,
    Path((order, document_id)): Path<(OrderId, DocumentId)>,
) -> Result<Response, ApiError> {
    let document = document::lookup(&mut *state.read().await?, &caller, &order, &document_id).await?;
    let document = document.ok_or_else(ApiError::not_found)?;
    let content =
        document::read(&state.settings().documents_folder(), &document).await.map_err(AddError::from)?;
    let media_type = MediaType::of(&content).map_or("application/octet-stream", MediaType::as_str);
    Ok((
        [
            (header::CONTENT_TYPE, media_type.to_owned()),
            (header::CONTENT_DISPOSITION, attachment(&document.name)),
            (header::CONTENT_SECURITY_POLICY, DOCUMENT_POLICY.to_owned()),
        ],
        content,
    )
        .into_response())
}

/// The header that has a file saved under this name (RFC 6266 §4.1).
pub(super) fn attachment(name: &str) -> String {
    let ascii: String = name
        .chars()
        .map(|character| match character {
            '"' | '\\' | '%' => '_',
            other if other.is_ascii_graphic() || other == ' ' => other,
            _ => '_',
        })
        .collect();
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::attachment;

    #[test]
    fn a_name_cannot_leave_its_header() {
        assert_eq!(
            attachment("żółć \"x\".pdf"),
            "attachment; filename=\"____ _x_.pdf\"; filename*=UTF-8''%C5%BC%C3%B3%C5%82%C4%87%20%22x%22.pdf"
        );
    }
}
