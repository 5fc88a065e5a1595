package io.jcri.sandbox;

import io.jcri.sandbox.linux.ProcessId;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A sandbox that was made. The paths are bind mounts of the namespaces, good for setns(2) and for a
 * CNI plugin; one that is empty is the node's.
 *
 * @param id of the pod
 * @param directory that holds all of it
 * @param netns network namespace
 * @param ipcns ipc namespace
 * @param utsns uts namespace
 * @param pidns pid namespace, which ends with the pause process
 * @param userns user namespace
 * @param pause the pause process
 * @param shm the pod's /dev/shm, a tmpfs
 */
public record SandboxState(
    String id,
    Path directory,
    Optional<Path> netns,
    Optional<Path> ipcns,
    Optional<Path> utsns,
    Optional<Path> pidns,
    Optional<Path> userns,
    ProcessId pause,
    Optional<Path> shm) {}
