//! Whole outputs of the room.
