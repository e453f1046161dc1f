using System.Net.Sockets;

namespace TPacket.Tool.Check;

/// <summary>Finds out about proxies before the server, and about servers that expect one.</summary>
internal static class ProxyProbe
{
    /// <summary>The step proxy: what the answer shows of a proxy that it has passed.</summary>
    public static CheckStep Describe(UpgradeAnswer answer)
    {
        if (answer["Via"] is { Length: > 0 } via)
            return new("proxy", StepStatus.Note, $"the answer has come through {via}");
        return new("proxy", StepStatus.Note, answer["Server"] is { Length: > 0 } server ? $"the answer is from {server}" : "no proxy shows in the answer");
    }

    /// <summary>Says whether the port answers in HTTP once it has received a header of the PROXY protocol.</summary>
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
        // A header without addresses, and a request that is no upgrade: whatever the answer is, it begins so.
        await tcp.WriteAsync("PROXY UNKNOWN\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), cancellationToken);
        var begin = new byte["HTTP/1."u8.Length];
        var length = await tcp.ReadAtLeastAsync(begin, begin.Length, throwOnEndOfStream: false, cancellationToken);
        return begin.AsSpan(0, length).SequenceEqual("HTTP/1."u8);
    }
}
