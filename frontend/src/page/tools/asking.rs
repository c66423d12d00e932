//! Asking the worker about what is pasted or chosen, whenever it changes; only the newest answer counts.

use crate::{
    browser::words::now,
    component::material::{Material, MaterialChange, use_material},
    crypto::{
        CryptoWorker,
        tools::{About, Content, Problem, ToolAnswer, ToolTask},
    },
};
use gloo_timers::callback::Timeout;
use protocol::Timestamp;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen_futures::spawn_local;
use web_sys::File;
use yew::prelude::*;

/// What is known about an input.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Standing {
    Nothing,
    GoingOn,
    Answered(Rc<ToolAnswer>),
    Refused(Problem),
}

/// A material and what the worker says about it.
#[derive(Clone, Debug)]
pub(super) struct Asking {
    pub(super) material: Material,
    pub(super) standing: UseStateHandle<Standing>,
    worker: Rc<RefCell<Option<CryptoWorker>>>,
    timer: Rc<RefCell<Option<Timeout>>>,
    newest: Rc<Cell<u32>>,
    /// Whether the field is empty because something private was wiped from it: what was said then stays.
    is_wiped: Rc<Cell<bool>>,
}

/// Nothing is pasted or chosen yet.
#[hook]
pub(super) fn use_asking() -> Asking {
    Asking {
        material: use_material(),
        standing: use_state(|| Standing::Nothing),
        worker: use_mut_ref(|| None),
        timer: use_mut_ref(|| None),
        newest: use_memo((), |()| Cell::new(0)),
        is_wiped: use_memo((), |()| Cell::new(false)),
    }
}

// The rest of it only serves these two, and stays the same for as long as the page is there.
impl PartialEq for Asking {
    fn eq(&self, other: &Self) -> bool {
        self.material == other.material && self.standing == other.standing
    }
}

impl Asking {
    /// Asks after a change; a task is made of the content once it is there.
    pub(super) fn changed(&self, change: MaterialChange, task: impl FnOnce(Content) -> ToolTask + 'static) {
        self.timer.borrow_mut().take();
        match change {
            MaterialChange::Nothing => self.forget(),
            MaterialChange::Text { rest_milliseconds } => {
                let asking = self.clone();
                let timer = Timeout::new(rest_milliseconds, move || asking.ask(None, task));
                *self.timer.borrow_mut() = Some(timer);
            }
            MaterialChange::File(file) => self.ask(Some(file), task),
        }
    }

    /// Asks at once, about a file that the material does not show yet, or about what it has.
    pub(super) fn ask(&self, file: Option<File>, task: impl FnOnce(Content) -> ToolTask + 'static) {
        let number = self.next_number();
        let asking = self.clone();
        spawn_local(async move {
            let content = match &file {
                Some(file) => crate::component::material::content_of(file).await,
                None => asking.material.content().await,
            };
            match content {
                Err(problem) => asking.conclude(number, Err(Problem::new(About::Input, problem.message()))),
                Ok(content) if content.as_bytes().trim_ascii().is_empty() => {
                    if !asking.is_wiped.get() {
                        asking.standing.set(Standing::Nothing);
                    }
                }
                Ok(content) => {
                    asking.is_wiped.set(false);
                    asking.standing.set(Standing::GoingOn);
                    let answer = asking.use_tool(task(content)).await;
                    asking.conclude(number, answer);
                }
            }
        });
    }

    async fn use_tool(&self, task: ToolTask) -> Result<ToolAnswer, Problem> {
        let answer = {
            let mut worker = self.worker.borrow_mut();
            let running = match worker.take() {
                Some(running) => running,
                None => CryptoWorker::spawn_with_tools()?,
            };
            worker.insert(running).use_tool(&task, None)
        };
        answer.await
    }

    fn conclude(&self, number: u32, answer: Result<ToolAnswer, Problem>) {
        if self.newest.get() != number {
            return;
        }
        match answer {
            Ok(answer) => {
                if has_private_key(&answer) {
                    self.wipe();
                }
                self.standing.set(Standing::Answered(Rc::new(answer)));
            }
            Err(problem) => {
                if problem.is_private {
                    self.wipe();
                }
                if problem.about == About::Nothing {
                    // A worker that failed once fails always: the next question gets a new one.
                    self.worker.borrow_mut().take();
                }
                self.standing.set(Standing::Refused(problem));
            }
        }
    }

    /// Ends what goes on, with the worker that does it. What is asked next gets a new one.
    pub(super) fn cancel(&self) {
        self.next_number();
        self.worker.borrow_mut().take();
    }

    /// Away with the input, and with the worker that has seen it.
    pub(super) fn wipe(&self) {
        self.is_wiped.set(true);
        self.worker.borrow_mut().take();
        self.material.wipe();
    }

    fn forget(&self) {
        self.next_number();
        self.is_wiped.set(false);
        self.standing.set(Standing::Nothing);
    }

    fn next_number(&self) -> u32 {
        self.newest.set(self.newest.get().wrapping_add(1));
        self.newest.get()
    }
}

fn has_private_key(answer: &ToolAnswer) -> bool {
    match answer {
        ToolAnswer::Report(report) => report.has_private_key,
        ToolAnswer::Identity(identity) => identity.is_private,
        _ => false,
    }
}

/// The present moment for the worker, which has no clock.
pub(super) fn unix_now() -> u64 {
    now().map_or(0, Timestamp::unix_seconds)
}
