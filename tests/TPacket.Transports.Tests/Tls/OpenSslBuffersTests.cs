using System.Security.Authentication;
using TPacket.Transports.Native;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Tls;

/// <summary>An idle TLS connection holds no record buffers if the runtime's TLS is OpenSSL.</summary>
public class OpenSslBuffersTests
{
    [Theory]
    [InlineData("Sockets", SslProtocols.Tls12)]
    [InlineData("OneLoop", SslProtocols.Tls13)]
    public async Task A_context_of_a_connection_releases_its_buffers(string transport, SslProtocols protocols)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var before = OpenSslBuffers.Changed;
        await using var pair = await TlsPair.ConnectAsync(transport, protocols);
        await pair.OpenAsync();
        Assert.True(OpenSslBuffers.IsAvailable);
        // The certificate is new, so the server creates a context for it.
        Assert.True(OpenSslBuffers.Changed > before);

        // The connection works as before with messages of any length.
        var bytes = Pattern.Create(200_000);
        await pair.Client.SendAllAsync(bytes);
        Assert.Equal(bytes, await pair.Server.ReceivedAsync(bytes.Length));
        await pair.Server.SendAllAsync(bytes);
        Assert.Equal(bytes, await pair.Client.ReceivedAsync(bytes.Length));
    }

    [Fact]
    public async Task Contexts_of_other_code_are_not_changed()
    {
        await ApplyWithinAsync();
        Assert.False(OpenSslBuffers.IsApplied);
    }

    private static async Task ApplyWithinAsync()
    {
        OpenSslBuffers.Apply();
        await Task.Yield();
        Assert.Equal(OpenSslBuffers.IsAvailable, OpenSslBuffers.IsApplied);
    }
}
