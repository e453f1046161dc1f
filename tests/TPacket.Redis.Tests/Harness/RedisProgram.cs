namespace TPacket.Redis.Tests.Harness;

/// <summary>The program redis-server: the system's, or Debian's package unpacked into artifacts/redis. Unpacking starts no service.</summary>
/// <param name="Path">The path of the program.</param>
/// <param name="Libraries">The folder of its libraries; empty if the system has them.</param>
public sealed record RedisProgram(string Path, string Libraries)
{
    // Its dependencies that a system may lack.
    private static readonly string[] _packages = ["redis-server", "redis-tools", "libjemalloc2", "liblzf1", "libatomic1"];

    /// <summary>Finds the program, or unpacks it.</summary>
    /// <param name="artifacts">The folder of build output. The packages are unpacked into its folder redis.</param>
    /// <param name="say">Receives a message before the packages are unpacked.</param>
    public static async Task<RedisProgram> FindAsync(string artifacts, Action<string> say)
    {
        if (Interop.Tests.Peers.Tool.Find("redis-server", "/usr/bin/redis-server") is { } there)
            return new RedisProgram(there, "");
        Directory.CreateDirectory(artifacts);
        var folder = System.IO.Path.Combine(artifacts, "redis");
        var unpacked = System.IO.Path.Combine(folder, "usr", "bin", "redis-server");
        await using (await Interop.Tests.Peers.Tool.LockAsync(System.IO.Path.Combine(artifacts, "redis.lock")))
        {
            if (!File.Exists(unpacked))
                await UnpackAsync(say, folder);
        }

        return new RedisProgram(unpacked, Directory.GetDirectories(System.IO.Path.Combine(folder, "usr", "lib"), "*-linux-gnu*").Single());
    }

    private static async Task UnpackAsync(Action<string> say, string folder)
    {
        if (!OperatingSystem.IsLinux() || Interop.Tests.Peers.Tool.Find("apt-get") is not { } apt || Interop.Tests.Peers.Tool.Find("dpkg-deb") is not { } unpack)
            throw new InvalidOperationException("There is no redis-server 7.0 or newer here. Install it, on Debian with: apt-get install redis-server");
        say($"Unpacking redis-server into {folder}.");
        if (Environment.IsPrivilegedProcess)
            await Interop.Tests.Peers.Tool.RunAsync(apt, "update", "-q");
        // The complete folder is renamed, so that an aborted run leaves no incomplete one.
        var incomplete = folder + ".new";
        if (Directory.Exists(incomplete))
            Directory.Delete(incomplete, recursive: true);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(incomplete);
        var packages = Directory.CreateTempSubdirectory("tpacket-redis-packages-").FullName;
        try
        {
            foreach (var package in _packages)
                await Interop.Tests.Peers.Tool.RunInAsync(packages, apt, "download", "-q", package);
            foreach (var file in Directory.GetFiles(packages, "*.deb").OrderBy(static file => file.Contains("redis-tools", StringComparison.Ordinal)))
                await Interop.Tests.Peers.Tool.RunInAsync(packages, unpack, "-x", file, incomplete);
            Directory.Move(incomplete, folder);
        }
        finally
        {
            Directory.Delete(packages, recursive: true);
        }
    }
}
