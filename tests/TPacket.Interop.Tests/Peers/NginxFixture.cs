using Xunit.Abstractions;

namespace TPacket.Interop.Tests.Peers;

/// <summary>The program nginx: the system's, or Debian's package unpacked into artifacts/interop, which starts no service.</summary>
public sealed class NginxFixture(IMessageSink console) : IAsyncLifetime
{
    /// <summary>The path of the program.</summary>
    public string Path { get; private set; } = "";

    public async Task InitializeAsync()
    {
        // The tests lie in <artifacts>/bin/<project>/<configuration>.
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var folder = Directory.CreateDirectory(System.IO.Path.Combine(output.Parent!.Parent!.Parent!.FullName, "interop", "nginx")).FullName;
        var unpacked = System.IO.Path.Combine(folder, "usr", "sbin", "nginx");
        if (Tool.Find("nginx", "/usr/sbin/nginx", unpacked) is { } there)
        {
            Path = there;
            return;
        }

        if (!OperatingSystem.IsLinux() || Tool.Find("apt-get") is not { } apt || Tool.Find("dpkg-deb") is not { } unpack)
            throw new InvalidOperationException("These tests need nginx. Install it, on Debian with: apt-get install nginx");
        Tool.Say(console, $"Unpacking nginx into {folder}.");
        if (Environment.IsPrivilegedProcess)
            await Tool.RunAsync(apt, "update", "-q");
        await Tool.RunInAsync(folder, apt, "download", "-q", "nginx");
        await Tool.RunInAsync(folder, unpack, "-x", Directory.GetFiles(folder, "nginx_*.deb").Single(), folder);
        Path = Tool.Find(unpacked) ?? throw new InvalidOperationException("Debian's package nginx has no /usr/sbin/nginx.");
    }

    public Task DisposeAsync() => Task.CompletedTask;
}
