//! A store's resources of one type: a handle of the guest stands for a place here.

use alloc::vec::Vec;
use wasmtime::component::Resource;
use wasmtime::{Result, format_err};

/// Most resources of one type that an instance may hold.
const MOST: usize = 1024;

/// The resources of one type.
#[derive(Debug)]
pub(super) struct Table<T>(Vec<Option<T>>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: 'static> Table<T> {
    /// Puts one in; a trap if there are too many, or no memory.
    pub(super) fn add(&mut self, value: T) -> Result<Resource<T>> {
        let place = match self.0.iter().position(Option::is_none) {
            Some(place) => place,
            None => {
                if self.0.len() == MOST {
                    return Err(format_err!("the hook holds {MOST} resources of one type and wants more"));
                }
                self.0.try_reserve(1).map_err(|_| format_err!("no memory for another resource"))?;
                self.0.push(None);
                self.0.len() - 1
            }
        };
        if let Some(slot) = self.0.get_mut(place) {
            *slot = Some(value);
        }
        Ok(Resource::new_own(place as u32))
    }

    pub(super) fn get(&mut self, resource: &Resource<T>) -> Result<&mut T> {
        let slot = self.0.get_mut(resource.rep() as usize);
        slot.and_then(Option::as_mut).ok_or_else(|| format_err!("a resource that is gone"))
    }

    /// Takes one out whose last handle was dropped.
    pub(super) fn remove(&mut self, place: u32) {
        if let Some(slot) = self.0.get_mut(place as usize) {
            *slot = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_used_again_and_bounded() {
        let mut table = Table::default();
        for number in 0..MOST {
            assert_eq!(table.add(number).unwrap().rep() as usize, number);
        }
        assert!(table.add(0).is_err());
        table.remove(7);
        assert!(table.get(&Resource::new_borrow(7)).is_err());
        assert_eq!(table.add(9).unwrap().rep(), 7);
        assert_eq!(*table.get(&Resource::new_borrow(7)).unwrap(), 9);
        table.remove(99_999);
        assert!(table.get(&Resource::new_borrow(u32::MAX)).is_err());
    }
}
