//! The token kryoptic as a PKCS #11 module. Tests use it because its PIN is blocked after ten wrong ones, as a card's is, and
//! `SoftHSM`'s never.

use kryoptic_lib::{
    fns::general::fn_get_function_list,
    pkcs11::{CK_FUNCTION_LIST_PTR_PTR, CK_RV},
};

/// What a program asks for once it has loaded the module. PKCS #11 v2.40 §5.4.
#[unsafe(no_mangle)]
pub extern "C" fn C_GetFunctionList(list: CK_FUNCTION_LIST_PTR_PTR) -> CK_RV {
    fn_get_function_list(list)
}
