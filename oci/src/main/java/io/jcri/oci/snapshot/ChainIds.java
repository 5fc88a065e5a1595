package io.jcri.oci.snapshot;

import io.jcri.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Names of stacks of layers (OCI image-spec, config.md, "Layer ChainID"). */
final class ChainIds {

  private ChainIds() {}

  /** For each layer the chain ID of it and all below it. */
  static List<Digest> of(List<Digest> diffIds) {
    List<Digest> chain = new ArrayList<>(diffIds.size());
    for (Digest diffId : diffIds) {
      chain.add(
          chain.isEmpty()
              ? diffId
              : Digest.of((chain.getLast() + " " + diffId).getBytes(StandardCharsets.US_ASCII)));
    }
    return chain;
  }
}
