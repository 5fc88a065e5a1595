package io.jcri.cni;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * Converts results between the versions of the spec. The shapes, by example:
 *
 * <pre>
 * 0.1, 0.2: {"ip4":{"ip":"10.1.0.5/16","gateway":"10.1.0.1","routes":[{"dst":"0.0.0.0/0"}]},"ip6":…}
 * 0.3, 0.4: {"interfaces":[{"name":"eth0","sandbox":"/run/…"}],
 *            "ips":[{"version":"4","address":"10.1.0.5/16","gateway":"10.1.0.1","interface":0}],
 *            "routes":[{"dst":"0.0.0.0/0","gw":"10.1.0.1"}]}
 * 1.0:      the same without ips[].version
 * 1.1:      also interfaces[].{mtu,socketPath,pciID}, routes[].{mtu,advmss,priority,table,scope}
 * </pre>
 */
final class ResultConverter {
  private static final List<String> INTERFACE_KEYS_1_1 = List.of("mtu", "socketPath", "pciID");
  private static final List<String> ROUTE_KEYS_1_1 =
      List.of("mtu", "advmss", "priority", "table", "scope");

  private ResultConverter() {}

  /**
   * A copy of {@code result} in the shape of {@code target}. A result that states no version is
   * taken to be in {@code assumed}.
   */
  static JsonObject convert(JsonObject result, CniVersion assumed, CniVersion target) {
    CniVersion from = Json.string(result, "cniVersion").flatMap(CniVersion::parse).orElse(assumed);
    JsonObject converted = result.deepCopy();
    if (isLegacy(from) != isLegacy(target)) {
      converted = isLegacy(from) ? fromLegacy(converted) : toLegacy(converted);
    }
    if (!isLegacy(target)) {
      for (JsonObject ip : Json.objects(converted, "ips")) {
        if (target.atLeast(CniVersion.V1_0_0)) {
          ip.remove("version");
        } else {
          ip.addProperty("version", isIpv6(ip, "address") ? "6" : "4");
        }
      }
      if (!target.atLeast(CniVersion.V1_1_0)) {
        Json.objects(converted, "interfaces").forEach(i -> INTERFACE_KEYS_1_1.forEach(i::remove));
        Json.objects(converted, "routes").forEach(r -> ROUTE_KEYS_1_1.forEach(r::remove));
      }
    }
    converted.addProperty("cniVersion", target.toString());
    return converted;
  }

  private static boolean isLegacy(CniVersion version) {
    return !version.atLeast(CniVersion.V0_3_0);
  }

  private static JsonObject fromLegacy(JsonObject legacy) {
    JsonArray ips = new JsonArray();
    JsonArray routes = new JsonArray();
    for (String key : List.of("ip4", "ip6")) {
      Optional<JsonObject> family = Json.object(legacy, key);
      if (family.isEmpty()) {
        continue;
      }
      JsonElement gateway = family.get().get("gateway");
      JsonObject ip = new JsonObject();
      ip.add("address", family.get().get("ip"));
      if (gateway != null) {
        ip.add("gateway", gateway);
      }
      ips.add(ip);
      for (JsonObject route : Json.objects(family.get(), "routes")) {
        // In the old shape a route without a gateway goes through the address's.
        if (!route.has("gw") && gateway != null) {
          route.add("gw", gateway);
        }
        routes.add(route);
      }
    }
    JsonObject result = withoutAddresses(legacy);
    result.add("ips", ips);
    if (!routes.isEmpty()) {
      result.add("routes", routes);
    }
    return result;
  }

  private static JsonObject toLegacy(JsonObject current) {
    JsonObject result = withoutAddresses(current);
    for (boolean ipv6 : new boolean[] {false, true}) {
      Optional<JsonObject> first =
          Json.objects(current, "ips").stream()
              .filter(ip -> isIpv6(ip, "address") == ipv6)
              .findFirst();
      if (first.isEmpty()) {
        continue;
      }
      JsonObject family = new JsonObject();
      family.add("ip", first.get().get("address"));
      if (first.get().has("gateway")) {
        family.add("gateway", first.get().get("gateway"));
      }
      JsonArray routes = new JsonArray();
      Json.objects(current, "routes").stream()
          .filter(route -> isIpv6(route, "dst") == ipv6)
          .forEach(route -> {
            ROUTE_KEYS_1_1.forEach(route::remove);
            routes.add(route);
          });
      if (!routes.isEmpty()) {
        family.add("routes", routes);
      }
      result.add(ipv6 ? "ip6" : "ip4", family);
    }
    return result;
  }

  private static JsonObject withoutAddresses(JsonObject result) {
    JsonObject rest = result.deepCopy();
    List.of("ip4", "ip6", "ips", "interfaces", "routes").forEach(rest::remove);
    return rest;
  }

  private static boolean isIpv6(JsonObject object, String key) {
    return Json.string(object, key).orElse("").indexOf(':') >= 0;
  }
}
