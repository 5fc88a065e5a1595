import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Raises the classes of a jar to a version that AOT caches take in. Of classes older than Java 6's, as
 * picocli's are, they keep none, and the verifier has to find out the types in their code at each start.
 * What changes is the version, and that the types are written beside the code.
 *
 * <p>{@code java RaiseClasses.java JAR}
 */
final class RaiseClasses {
  private static final int VERSION = ClassFile.JAVA_8_VERSION;

  private RaiseClasses() {}

  public static void main(String[] args) throws IOException {
    URI jar = URI.create("jar:" + Path.of(args[0]).toUri());
    try (FileSystem files = FileSystems.newFileSystem(jar, Map.of())) {
      Path root = files.getPath("/");
      List<Path> classes;
      try (Stream<Path> all = Files.walk(root)) {
        classes = all.filter(file -> file.toString().endsWith(".class")).sorted().toList();
      }
      ClassFile writer =
          ClassFile.of(
              ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
              ClassFile.ClassHierarchyResolverOption.of(within(root)));
      for (Path file : classes) {
        ClassModel old = writer.parse(Files.readAllBytes(file));
        if (old.majorVersion() < VERSION) {
          FileTime time = Files.getLastModifiedTime(file); // the same jar at each build
          Files.write(file, raise(writer, old));
          Files.setLastModifiedTime(file, time);
        }
      }
    }
  }

  /** What extends what: as the jar says, else as Java's own classes are. */
  private static ClassHierarchyResolver within(Path root) {
    return ClassHierarchyResolver.ofResourceParsing(
            type -> {
              String name = type.descriptorString();
              Path file = root.resolve(name.substring(1, name.length() - 1) + ".class");
              try {
                return Files.exists(file) ? Files.newInputStream(file) : null;
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .orElse(ClassHierarchyResolver.defaultResolver());
  }

  private static byte[] raise(ClassFile writer, ClassModel old) {
    ClassTransform version =
        (builder, element) -> {
          if (element instanceof ClassFileVersion) {
            builder.withVersion(VERSION, 0);
          } else {
            builder.with(element);
          }
        };
    // Only code that is written anew gets its types.
    return writer.transformClass(
        old, version.andThen(ClassTransform.transformingMethodBodies(CodeBuilder::with)));
  }
}
