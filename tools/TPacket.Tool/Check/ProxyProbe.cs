using System.Net.Sockets;

namespace TPacket.Tool.Check;

/// <summary>Detects proxies in front of a server, and servers that expect the PROXY protocol.</summary>
internal static class ProxyProbe
{
    /// <summary>Returns the step proxy: the proxy that the response's headers name.</summary>
    public static CheckStep Describe(UpgradeAnswer answer)
    {
        if (answer["Via"] is { Length: > 0 } via)
            return new("proxy", StepStatus.Note, $"the response came through {via}");
        return new("proxy", StepStatus.Note, answer["Server"] is { Length: > 0 } server ? $"the response is from {server}" : "the response names no proxy");
    }

    /// <summary>Returns whether the port responds in HTTP after a PROXY protocol header.</summary>
    public static async Task<bool> ExpectsHeaderAsync(CheckRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await using var tcp = await Dialing.ConnectAsync(request, cancellationToken);
            return await Step.WithinAsync("upgrade", request, "", "", token => AsksAsync(tcp, token), cancellationToken);
        }
        catch (Exception e) when (e is IOException or StepFailedException)
        {
            return false;
        }
    }

    private static async Task<bool> AsksAsync(NetworkStream tcp, CancellationToken cancellationToken)
    {
        // A header without addresses, and a request other than an upgrade. Any HTTP response begins with these bytes.
        await tcp.WriteAsync("PROXY UNKNOWN\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), cancellationToken);
        var begin = new byte["HTTP/1."u8.Length];
        var length = await tcp.ReadAtLeastAsync(begin, begin.Length, throwOnEndOfStream: false, cancellationToken);
        return begin.AsSpan(0, length).SequenceEqual("HTTP/1."u8);
    }
}
