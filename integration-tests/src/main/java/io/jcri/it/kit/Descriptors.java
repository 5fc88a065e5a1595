package io.jcri.it.kit;

import com.google.gson.JsonObject;

/** Points from one JSON document of an image to another blob. */
final class Descriptors {
  private Descriptors() {}

  static JsonObject of(String mediaType, Blob blob) {
    JsonObject descriptor = new JsonObject();
    descriptor.addProperty("mediaType", mediaType);
    descriptor.addProperty("digest", blob.digest());
    descriptor.addProperty("size", blob.size());
    return descriptor;
  }
}
