//! Callers outside the core, who wait for answers: each on a channel, under the number that the core knows them by.
//!
//! Nobody is left waiting: a channel that is let go of is closed, and whoever waits on it hears that.

use std::cell::RefCell;
use std::collections::HashMap;

use tokio::sync::oneshot;

use crate::answer::{Answer, CallerId};

/// Callers that wait on one partition at most; one more is turned away. Everybody who asks through the node's edge, and
/// as many again who bound what they post themselves.
pub(crate) const CALLERS_MAX: usize = 8_192;

/// Where an answer is waited for.
pub(crate) type Channel = oneshot::Sender<Answer>;

/// Those who wait on one partition. It and its entities live on one thread and share this.
#[derive(Debug, Default)]
pub(crate) struct Callers(RefCell<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    channels: HashMap<CallerId, Channel>,
    /// Numbers are never given twice: a late word to somebody who is gone reaches nobody else.
    last: u64,
}

impl Callers {
    /// One more waits, under this number.
    ///
    /// # Errors
    /// The channel, when [`CALLERS_MAX`] wait already.
    pub(crate) fn enter(&self, channel: Channel) -> Result<CallerId, Channel> {
        let mut waiting = self.0.borrow_mut();
        if waiting.channels.len() >= CALLERS_MAX {
            return Err(channel);
        }
        waiting.last += 1;
        let caller = CallerId(waiting.last);
        waiting.channels.insert(caller, channel);
        Ok(caller)
    }

    /// Hands `answer` to the caller; somebody who went away does not mind.
    pub(crate) fn answer(&self, caller: CallerId, answer: Answer) {
        let channel = self.0.borrow_mut().channels.remove(&caller);
        if let Some(channel) = channel {
            drop(channel.send(answer));
        }
    }

    /// Lets a caller go without an answer.
    pub(crate) fn let_go(&self, caller: CallerId) {
        let channel = self.0.borrow_mut().channels.remove(&caller);
        drop(channel);
    }

    /// Lets everybody go without an answer: whoever knew them is gone.
    pub(crate) fn let_all_go(&self) {
        let channels = std::mem::take(&mut self.0.borrow_mut().channels);
        drop(channels);
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot::error::TryRecvError;

    use super::*;

    #[test]
    fn an_answer_finds_the_caller_of_its_number_and_nobody_else() {
        let callers = Callers::default();
        let ((first, mut of_first), (second, mut of_second)) =
            (entered(&callers), entered(&callers));
        callers.answer(second, Answer::Recorded);
        assert_eq!(of_second.try_recv(), Ok(Answer::Recorded));
        assert_eq!(of_first.try_recv(), Err(TryRecvError::Empty));
        callers.answer(first, Answer::Recorded);
        assert_eq!(of_first.try_recv(), Ok(Answer::Recorded));
        callers.answer(first, Answer::Recorded);
    }

    #[test]
    fn whoever_is_let_go_hears_it_and_their_number_is_not_given_again() {
        let callers = Callers::default();
        let ((first, mut of_first), (second, mut of_second)) =
            (entered(&callers), entered(&callers));
        callers.let_go(first);
        assert_eq!(of_first.try_recv(), Err(TryRecvError::Closed));
        assert_eq!(of_second.try_recv(), Err(TryRecvError::Empty));
        callers.let_all_go();
        assert_eq!(of_second.try_recv(), Err(TryRecvError::Closed));
        let (third, _of_third) = entered(&callers);
        assert!(third > second, "{third:?}");
    }

    #[test]
    fn one_more_than_fit_gets_the_channel_back_until_somebody_is_answered() {
        let callers = Callers::default();
        let waiting: Vec<_> = (0..CALLERS_MAX).map(|_| entered(&callers)).collect();
        assert!(callers.enter(oneshot::channel().0).is_err());
        callers.answer(waiting[7].0, Answer::Recorded);
        assert!(callers.enter(oneshot::channel().0).is_ok());
    }

    #[track_caller]
    fn entered(callers: &Callers) -> (CallerId, oneshot::Receiver<Answer>) {
        let (channel, answer) = oneshot::channel();
        (callers.enter(channel).unwrap(), answer)
    }
}
