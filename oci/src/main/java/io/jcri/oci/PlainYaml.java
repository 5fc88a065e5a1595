package io.jcri.oci;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.JsonSchema;
import org.snakeyaml.engine.v2.schema.Schema;

/**
 * YAML of which every scalar stays the text that it is; its reader gives it the type that is
 * wanted. Aliases are bounded by the parser, size by who reads the file, depth here: the parser
 * calls itself for each level. The same key twice is an error.
 */
public final class PlainYaml implements Schema {
  private static final JsonSchema PLAIN = new JsonSchema();

  /** Of lists and maps in each other; what files may have takes seven. */
  private static final int MAX_DEPTH = 64;

  private PlainYaml() {}

  /**
   * Reads a document into maps, lists and strings; null when it is empty.
   *
   * @throws OciException INVALID
   */
  public static @Nullable Object parse(String text) {
    try {
      LoadSettings settings = LoadSettings.builder().setSchema(new PlainYaml()).build();
      requireShallow(new Parse(settings).parseString(text));
      return new Load(settings).loadFromString(text);
    } catch (YamlEngineException e) {
      String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new OciException(OciException.Kind.INVALID, "is not YAML: " + message, e);
    }
  }

  private static void requireShallow(Iterable<Event> events) {
    int depth = 0;
    for (Event event : events) {
      if (event instanceof CollectionStartEvent) {
        depth++;
      } else if (event instanceof CollectionEndEvent) {
        depth--;
      }
      if (depth > MAX_DEPTH) {
        throw new OciException(
            OciException.Kind.INVALID, "is nested deeper than " + MAX_DEPTH + " levels");
      }
    }
  }

  @Override
  public ScalarResolver getScalarResolver() {
    return (_, _) -> Tag.STR;
  }

  @Override
  public Map<Tag, ConstructNode> getSchemaTagConstructors() {
    return PLAIN.getSchemaTagConstructors();
  }
}
