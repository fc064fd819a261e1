//! Values of any type where one is expected: what does not fit becomes nothing and costs no more than
//! itself.
//!
//! Not for: which fields there are (`wire`). Nothing is buffered: a value is read as it comes, and what
//! is not wanted is skipped without being made.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What can be read from a value of any type. Each type that is not handled gives the default.
pub(super) trait Lenient<'de>: Default {
    fn from_whole(_: i64) -> Self {
        Self::default()
    }

    fn from_number(_: f64) -> Self {
        Self::default()
    }

    fn from_text(_: Cow<'de, str>) -> Self {
        Self::default()
    }

    fn from_null() -> Self {
        Self::default()
    }

    fn from_list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }

    fn from_object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }
}

/// Reads a [`Lenient`] where serde wants a type.
pub(super) struct Read<T>(pub(super) T);

impl<'de, T: Lenient<'de>> Deserialize<'de> for Read<T> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reader(PhantomData)).map(Read)
    }
}

struct Reader<T>(PhantomData<T>);

impl<'de, T: Lenient<'de>> Visitor<'de> for Reader<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<T, E> {
        Ok(T::default())
    }

    #[inline]
    fn visit_i64<E>(self, value: i64) -> Result<T, E> {
        Ok(T::from_whole(value))
    }

    #[inline]
    #[expect(clippy::cast_precision_loss, reason = "so large a number is no exact one anyway")]
    fn visit_u64<E>(self, value: u64) -> Result<T, E> {
        Ok(i64::try_from(value).map_or_else(|_| T::from_number(value as f64), T::from_whole))
    }

    #[inline]
    fn visit_f64<E>(self, value: f64) -> Result<T, E> {
        Ok(T::from_number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<T, E> {
        Ok(T::from_text(Cow::Owned(value.to_owned())))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<T, E> {
        Ok(T::from_text(Cow::Borrowed(value)))
    }

    #[inline]
    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::from_null())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        T::from_list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<T, A::Error> {
        T::from_object(object)
    }
}

/// Present, whatever it is.
impl<'de, T: Lenient<'de>> Lenient<'de> for Option<T> {
    #[inline]
    fn from_whole(value: i64) -> Self {
        Some(T::from_whole(value))
    }

    #[inline]
    fn from_number(value: f64) -> Self {
        Some(T::from_number(value))
    }

    fn from_text(text: Cow<'de, str>) -> Self {
        Some(T::from_text(text))
    }

    fn from_null() -> Self {
        Some(T::from_null())
    }

    fn from_list<A: SeqAccess<'de>>(list: A) -> Result<Self, A::Error> {
        T::from_list(list).map(Some)
    }

    fn from_object<A: MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
        T::from_object(object).map(Some)
    }
}

/// A finite number, also where it was sent as plain decimal text.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Number(pub(super) Option<f64>);

impl<'de> Lenient<'de> for Number {
    #[inline]
    #[expect(clippy::cast_precision_loss, reason = "so large a number is no exact one anyway")]
    fn from_whole(value: i64) -> Self {
        Number(Some(value as f64))
    }

    #[inline]
    fn from_number(value: f64) -> Self {
        Number(Some(value).filter(|x| x.is_finite()))
    }

    fn from_text(text: Cow<'de, str>) -> Self {
        Number(plain(&text))
    }
}

/// The number that plain decimal text stands for.
pub(super) fn plain(text: &str) -> Option<f64> {
    let decimal = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    if decimal { text.parse().ok().filter(|x: &f64| x.is_finite()) } else { None }
}

/// A number of seconds, rounded down.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Seconds(pub(super) Option<i64>);

impl<'de> Lenient<'de> for Seconds {
    #[inline]
    fn from_whole(value: i64) -> Self {
        Seconds(Some(value).filter(|s| s.unsigned_abs() < 9_000_000_000_000_000))
    }

    fn from_number(value: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "checked to be in range")]
        let whole = |x: f64| x.floor() as i64;
        Seconds(Some(value).filter(|x| x.abs() < 9e15).map(whole))
    }

    fn from_text(text: Cow<'de, str>) -> Self {
        plain(&text).map(Self::from_number).unwrap_or_default()
    }
}

/// A text.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Text<'de>(pub(super) Option<Cow<'de, str>>);

impl<'de> Lenient<'de> for Text<'de> {
    fn from_text(text: Cow<'de, str>) -> Self {
        Text(Some(text))
    }
}

/// An array; none where something else was sent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct List<T>(pub(super) Option<Vec<T>>);

impl<T> Default for List<T> {
    fn default() -> Self {
        List(None)
    }
}

impl<'de, T: Lenient<'de>> Lenient<'de> for List<T> {
    fn from_list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut all = Vec::new();
        while let Some(Read(one)) = list.next_element()? {
            if all.is_empty() {
                // Two years of days; the length is not told in advance.
                all.reserve(if size_of::<T>() <= size_of::<Number>() { 512 } else { 1 });
            }
            all.push(one);
        }
        Ok(List(Some(all)))
    }
}

/// The first element of an array.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct First<T>(pub(super) Option<T>);

impl<'de, T: Lenient<'de>> Lenient<'de> for First<T> {
    fn from_list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let first = list.next_element()?.map(|Read(one)| one);
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(First(first))
    }
}

/// An object whose keys are data, by key.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Keyed<'de, T>(pub(super) BTreeMap<Cow<'de, str>, T>);

impl<T> Default for Keyed<'_, T> {
    fn default() -> Self {
        Keyed(BTreeMap::new())
    }
}

impl<'de, T: Lenient<'de>> Lenient<'de> for Keyed<'de, T> {
    fn from_object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut all = BTreeMap::new();
        while let Some((Read(Text(key)), Read(value))) = object.next_entry()? {
            all.insert(key.unwrap_or_default(), value);
        }
        Ok(Keyed(all))
    }
}

/// A struct read from an object by the names of its fields. The last of equal keys counts, as in most
/// readers of JSON; keys that are not named are skipped.
macro_rules! object {
    ($(#[$about:meta])* struct $name:ident $(<$life:lifetime>)? { $($key:literal => $field:ident: $type:ty,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default, PartialEq)]
        pub(super) struct $name $(<$life>)? { $(pub(super) $field: $type,)* }

        impl<'de $(, $life)?> $crate::fetch::yahoo::lenient::Lenient<'de> for $name $(<$life>)?
        where $($type: $crate::fetch::yahoo::lenient::Lenient<'de>,)*
        {
            fn from_object<A: serde::de::MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
                #[derive(serde::Deserialize)]
                #[serde(field_identifier)]
                #[allow(non_camel_case_types)]
                enum Key {
                    $(#[serde(rename = $key)] $field,)*
                    #[serde(other)]
                    Other,
                }
                let mut all = Self::default();
                while let Some(key) = object.next_key::<Key>()? {
                    match key {
                        $(Key::$field => all.$field = object.next_value::<Read<$type>>()?.0,)*
                        Key::Other => { object.next_value::<serde::de::IgnoredAny>()?; }
                    }
                }
                Ok(all)
            }
        }
    };
}
pub(super) use object;
