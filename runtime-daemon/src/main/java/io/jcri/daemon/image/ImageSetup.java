package io.jcri.daemon.image;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.config.Derived;
import io.jcri.daemon.core.Layout;
import io.jcri.oci.distribution.config.RegistriesConf;
import io.jcri.oci.image.ImageFetcher;
import io.jcri.oci.image.ImageStore;
import io.jcri.oci.signature.ImageTrust;
import io.jcri.oci.signature.SignatureCheck;
import io.jcri.oci.signature.VerifierPrograms;
import io.jcri.oci.snapshot.WritableLayers;
import io.jcri.oci.snapshot.WritableVolumes;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.Mounts;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The image store as the configuration says, and what containers get of it. */
public record ImageSetup(Images images, RootFilesystems rootFilesystems) {

  /** As the other, with settings that do not change. */
  public static ImageSetup open(
      DaemonConfig.Images config,
      Layout layout,
      ImageFetcher fetcher,
      Syscalls syscalls,
      Mounts mounts) {
    return open(() -> config, layout, fetcher, syscalls, mounts);
  }

  /**
   * Opens the store.
   *
   * @param config read whenever it is needed
   * @param fetcher brings images
   */
  public static ImageSetup open(
      Supplier<DaemonConfig.Images> config,
      Layout layout,
      ImageFetcher fetcher,
      Syscalls syscalls,
      Mounts mounts) {
    Supplier<Optional<RegistriesConf>> registries =
        new Derived<>(() -> config.get().registriesConf(), file -> file.map(RegistriesConf::new));
    Supplier<ImageTrust> trust = new Derived<>(() -> config.get().trust(), ImageSetup::trust);
    ImageStore store = ImageStore.open(layout.images(), fetcher, trust, syscalls, mounts);
    return new ImageSetup(
        new Images(
            store,
            new NameSearch(registries),
            layout,
            new Derived<>(() -> config.get().pinned(), Set::copyOf)),
        new RootFilesystems(
            store,
            new WritableLayers(syscalls, mounts, store.snapshots()),
            new WritableVolumes(syscalls, store.snapshots()),
            () -> config.get().volumes(),
            mounts,
            layout));
  }

  private static ImageTrust trust(DaemonConfig.Trust config) {
    return new ImageTrust(
        config
            .signaturePolicy()
            .map(policy -> new SignatureCheck(policy, config.signaturePlaces())),
        config
            .verifiers()
            .map(directory -> new VerifierPrograms(directory, config.verifierTimeout())));
  }
}
