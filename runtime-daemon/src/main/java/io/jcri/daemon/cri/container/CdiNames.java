package io.jcri.daemon.cri.container;

import static io.jcri.daemon.core.JcriException.invalid;

import io.jcri.cri.v1.CDIDevice;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.oci.OciException;
import io.jcri.oci.cdi.CdiName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * The CDI devices that a container asks for: those of the field, then those of annotations, which
 * device plugins wrote before there was a field.
 */
final class CdiNames {
  private static final String PREFIX = "cdi.k8s.io/";

  private CdiNames() {}

  static List<String> read(ContainerConfig config) {
    Set<String> names = new LinkedHashSet<>();
    for (CDIDevice device : config.getCDIDevicesList()) {
      names.add(checked("config.CDI_devices", device.getName()));
    }
    new TreeMap<>(config.getAnnotationsMap())
        .forEach((key, value) -> {
          if (key.startsWith(PREFIX)) {
            for (String name : value.split(",", -1)) {
              names.add(checked("config.annotations: " + key, name));
            }
          }
        });
    return new ArrayList<>(names);
  }

  private static String checked(String where, String name) {
    try {
      return CdiName.parse(name).toString();
    } catch (OciException e) {
      throw invalid(where + ": " + e.getMessage());
    }
  }
}
