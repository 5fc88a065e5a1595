package io.jcri.cni;

import com.google.gson.JsonObject;
import java.util.Set;

/**
 * One plugin of a network's chain. The tree must not be changed.
 *
 * @param type name of its binary, without a path
 * @param capabilities those it declares as true
 * @param config its configuration as written by the operator
 */
record Plugin(String type, Set<String> capabilities, JsonObject config) {
  Plugin {
    capabilities = Set.copyOf(capabilities);
  }
}
