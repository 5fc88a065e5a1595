package io.jcri.oci.layer;

import io.jcri.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Names of stacks of layers (OCI image-spec, config.md, "Layer ChainID"). */
public final class ChainIds {

  private ChainIds() {}

  /** For each layer the chain ID of it and all below it. */
  public static List<Digest> of(List<Digest> diffIds) {
    List<Digest> chain = new ArrayList<>(diffIds.size());
    for (Digest diffId : diffIds) {
      chain.add(
          chain.isEmpty()
              ? diffId
              : Digest.of((chain.getLast() + " " + diffId).getBytes(StandardCharsets.US_ASCII)));
    }
    return chain;
  }

  /** The key of a layer that depends on those below it. */
  public static String key(Digest chainId) {
    return "chain-" + chainId.hex();
  }

  /** The keys that a stack's layers may have in the store. */
  public static List<String> possibleKeys(List<Digest> diffIds) {
    List<String> keys = new ArrayList<>();
    diffIds.forEach(id -> keys.add(id.hex()));
    of(diffIds).forEach(id -> keys.add(key(id)));
    return keys;
  }
}
