// What the kernel tells pagers: the messages of abi/defs/memory_object.defs. They do not block; a full queue takes one
// more. A result other than KERN_SUCCESS says that the pager is dead or memory is short.
export {
  memory_object_change_completed,
  memory_object_copy,
  memory_object_data_request,
  memory_object_data_return,
  memory_object_data_unlock,
  memory_object_init,
  memory_object_lock_completed,
  memory_object_supply_completed,
  memory_object_terminate,
} from "../generated/memory_object_user.generated";
export { memory_object_create } from "../generated/memory_object_default_user.generated";
