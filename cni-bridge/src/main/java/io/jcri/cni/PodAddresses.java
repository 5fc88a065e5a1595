package io.jcri.cni;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Finds a pod's addresses in a result. */
final class PodAddresses {
  private PodAddresses() {}

  /**
   * Addresses of the interface {@code ifName} in the pod, without prefix lengths, in the result's
   * order. An address that names no interface belongs to the pod (the spec leaves the index out
   * when there is no choice).
   */
  static List<String> of(JsonObject result, CniVersion version, String ifName) {
    return withPrefixes(result, version, ifName).stream()
        .map(PodAddresses::bare)
        .filter(address -> !address.isEmpty())
        .toList();
  }

  private static String bare(String address) {
    int slash = address.indexOf('/');
    return slash < 0 ? address : address.substring(0, slash);
  }

  /** As {@link #of}, with prefix lengths. */
  static List<String> withPrefixes(JsonObject result, CniVersion version, String ifName) {
    JsonObject current = ResultConverter.convert(result, version, CniVersion.newest());
    List<JsonObject> interfaces = Json.objects(current, "interfaces");
    List<String> addresses = new ArrayList<>();
    for (JsonObject ip : Json.objects(current, "ips")) {
      int index = Json.integer(ip, "interface", -1);
      if (index >= 0 && index < interfaces.size()) {
        JsonObject owner = interfaces.get(index);
        if (Json.string(owner, "sandbox").orElse("").isEmpty()
            || !Json.string(owner, "name").orElse("").equals(ifName)) {
          continue;
        }
      }
      Json.string(ip, "address").ifPresent(addresses::add);
    }
    return addresses;
  }
}
