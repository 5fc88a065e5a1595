package io.jcri.oci.cdi;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.cdi.CdiSpec.Edits;
import io.jcri.oci.runtime.RuntimeFeatures;
import io.jcri.oci.spec.ContainerSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The CDI devices of the node. The directories are looked at when a container asks for a device,
 * and files that have changed are read again: no watch can be missed. Thread-safe.
 */
public final class CdiDevices {
  private static final Logger LOG = LoggerFactory.getLogger(CdiDevices.class);

  private final List<Path> directories;
  private final ReentrantLock lock = new ReentrantLock();
  private CdiCatalog catalog = CdiCatalog.EMPTY;

  /**
   * Reads nothing yet.
   *
   * @param directories of specification files; a device of a later one beats one of an earlier
   */
  public CdiDevices(List<Path> directories) {
    this.directories = List.copyOf(directories);
  }

  /**
   * Adds devices to a container. What a file says for all of its devices is done once, before what
   * it says for the first of them.
   *
   * @param names of devices, full ones; the same twice counts once
   * @param features of the runtime that is to make the container
   * @throws OciException INVALID for what is no name; FAILED_PRECONDITION naming the device that
   *     nobody declares, or whose parts are not on this node or beyond the runtime
   */
  public ContainerSpec inject(ContainerSpec spec, List<String> names, RuntimeFeatures features) {
    if (names.isEmpty()) {
      return spec;
    }
    CdiCatalog now = current();
    Set<CdiSpec> begun = new LinkedHashSet<>();
    List<Edits> edits = new ArrayList<>();
    for (String text : new LinkedHashSet<>(names)) {
      CdiCatalog.Entry entry = find(now, CdiName.parse(text));
      if (begun.add(entry.spec())) {
        edits.add(entry.spec().edits());
      }
      edits.add(entry.device().edits());
    }
    return new CdiEdits(features).apply(spec, edits, names);
  }

  private CdiCatalog.Entry find(CdiCatalog now, CdiName name) {
    CdiCatalog.Entry entry = now.devices().get(name.toString());
    if (entry != null) {
      return entry;
    }
    StringBuilder why = new StringBuilder();
    why.append("CDI device ").append(name).append(" is not known: ");
    String conflict = now.conflicts().get(name.toString());
    why.append(conflict == null ? "no file in " + directories + " declares it" : conflict);
    now.problems()
        .forEach((file, problem) -> why.append("; ").append(file).append(' ').append(problem));
    throw new OciException(Kind.FAILED_PRECONDITION, why.toString());
  }

  private CdiCatalog current() {
    lock.lock();
    try {
      CdiCatalog next = catalog.refreshed(directories);
      if (!next.equals(catalog)) {
        next.problems().forEach((file, problem) -> LOG.warn("CDI file {} {}", file, problem));
        next.conflicts().forEach((device, why) -> LOG.warn("CDI device {}: {}", device, why));
        catalog = next;
      }
      return next;
    } finally {
      lock.unlock();
    }
  }
}
