package io.jcri.it.images;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jcri.it.node.JcriCommand;
import java.io.IOException;
import java.util.List;
import java.util.stream.StreamSupport;

/** An image as {@code jcri images} lists it. */
record ImageRow(String id, List<String> tags, List<String> digests, long size, boolean pinned) {

  /** The one of an ID, a full tag or a full repository digest. */
  static ImageRow of(JcriCommand jcri, String name) throws IOException {
    JsonArray rows = JsonParser.parseString(jcri.out("images", "-o", "json")).getAsJsonArray();
    for (JsonElement element : rows) {
      ImageRow row = of(element.getAsJsonObject());
      if (row.id.equals(name) || row.tags.contains(name) || row.digests.contains(name)) {
        return row;
      }
    }
    throw new AssertionError("no image " + name + " in " + rows);
  }

  private static ImageRow of(JsonObject row) {
    return new ImageRow(
        row.get("id").getAsString(),
        strings(row.getAsJsonArray("tags")),
        strings(row.getAsJsonArray("digests")),
        row.get("size").getAsLong(),
        row.get("pinned").getAsBoolean());
  }

  private static List<String> strings(JsonArray array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonElement::getAsString).toList();
  }

  ImageRow withPinned(boolean other) {
    return new ImageRow(id, tags, digests, size, other);
  }
}
