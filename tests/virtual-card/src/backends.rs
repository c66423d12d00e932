//! What trussed does itself, and what it leaves to others: PINs, RSA, and keys and data of any length.

use trussed::{
    Platform,
    backend::{Backend, BackendId},
    serde_extensions::{ExtensionDispatch, ExtensionId, ExtensionImpl},
    service::ServiceResources,
    types::Context,
};
use trussed_auth::AuthExtension;
use trussed_auth_backend::{AuthBackend, AuthContext, FilesystemLayout};
use trussed_chunked::ChunkedExtension;
use trussed_core::{
    Error,
    api::{Reply, Request, reply, request},
    types::Location,
};
use trussed_rsa_alloc::SoftwareRsa;
use trussed_staging::{StagingBackend, StagingContext};
use trussed_wrap_key_to_file::WrapKeyToFileExtension;

/// Who is asked first.
pub const ORDER: &[BackendId<Id>] = &[
    BackendId::Custom(Id::Rsa),
    BackendId::Custom(Id::Auth),
    BackendId::Custom(Id::Staging),
    BackendId::Core,
];

#[derive(Clone, Copy)]
pub enum Id {
    Auth,
    Staging,
    Rsa,
}

pub enum Extension {
    Auth = 0,
    Chunked = 1,
    WrapKeyToFile = 2,
}

impl From<Extension> for u8 {
    fn from(extension: Extension) -> Self {
        extension as Self
    }
}

impl TryFrom<u8> for Extension {
    type Error = Error;

    fn try_from(number: u8) -> Result<Self, Error> {
        [Self::Auth, Self::Chunked, Self::WrapKeyToFile]
            .into_iter()
            .nth(number.into())
            .ok_or(Error::FunctionNotSupported)
    }
}

#[derive(Default)]
pub struct Contexts {
    auth: AuthContext,
    staging: StagingContext,
}

pub struct Backends {
    auth: AuthBackend,
    staging: StagingBackend,
    rsa: SoftwareRsa,
}

impl Default for Backends {
    fn default() -> Self {
        let auth = AuthBackend::new(Location::Internal, FilesystemLayout::V0);
        Self { auth, staging: StagingBackend::default(), rsa: SoftwareRsa }
    }
}

impl ExtensionId<AuthExtension> for Backends {
    type Id = Extension;
    const ID: Extension = Extension::Auth;
}

impl ExtensionId<ChunkedExtension> for Backends {
    type Id = Extension;
    const ID: Extension = Extension::Chunked;
}

impl ExtensionId<WrapKeyToFileExtension> for Backends {
    type Id = Extension;
    const ID: Extension = Extension::WrapKeyToFile;
}

impl ExtensionDispatch for Backends {
    type BackendId = Id;
    type Context = Contexts;
    type ExtensionId = Extension;

    fn core_request<P: Platform>(
        &mut self,
        backend: &Id,
        context: &mut Context<Contexts>,
        request: &Request,
        resources: &mut ServiceResources<P>,
    ) -> Result<Reply, Error> {
        let Context { core, backends, .. } = context;
        match backend {
            Id::Auth => self.auth.request(core, &mut backends.auth, request, resources),
            Id::Staging => self.staging.request(core, &mut backends.staging, request, resources),
            Id::Rsa => self.rsa.request(core, &mut (), request, resources),
        }
    }

    fn extension_request<P: Platform>(
        &mut self,
        backend: &Id,
        extension: &Extension,
        context: &mut Context<Contexts>,
        request: &request::SerdeExtension,
        resources: &mut ServiceResources<P>,
    ) -> Result<reply::SerdeExtension, Error> {
        let Context { core, backends, .. } = context;
        match (backend, extension) {
            (Id::Auth, Extension::Auth) => {
                let context = &mut backends.auth;
                ExtensionImpl::<AuthExtension>::extension_request_serialized(
                    &mut self.auth,
                    core,
                    context,
                    request,
                    resources,
                )
            }
            (Id::Staging, Extension::Chunked) => {
                let context = &mut backends.staging;
                ExtensionImpl::<ChunkedExtension>::extension_request_serialized(
                    &mut self.staging,
                    core,
                    context,
                    request,
                    resources,
                )
            }
            (Id::Staging, Extension::WrapKeyToFile) => {
                let context = &mut backends.staging;
                ExtensionImpl::<WrapKeyToFileExtension>::extension_request_serialized(
                    &mut self.staging,
                    core,
                    context,
                    request,
                    resources,
                )
            }
            _ => Err(Error::RequestNotAvailable),
        }
    }
}
