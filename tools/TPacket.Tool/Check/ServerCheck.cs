using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;

namespace TPacket.Tool.Check;

/// <summary>Checks a server in the steps of a client: TCP, TLS, upgrade, magic string, nick. The first failed step ends the check.</summary>
internal static class ServerCheck
{
    /// <summary>Runs the steps and closes the connection.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<CheckReport> RunAsync(CheckRequest request, CancellationToken cancellationToken)
    {
        var steps = new List<CheckStep>();
        try
        {
            await RunAsync(request, steps, cancellationToken);
        }
        catch (StepFailedException e)
        {
            steps.Add(e.Step);
        }

        return new CheckReport(request.Address, steps);
    }

    private static async Task RunAsync(CheckRequest request, List<CheckStep> steps, CancellationToken cancellationToken)
    {
        var isSecure = request.Address.Scheme == "wss";
        await using var tcp = await Dialing.ConnectAsync(request, cancellationToken);
        steps.Add(new("tcp", StepStatus.Ok, $"connected to {Shown((IPEndPoint)tcp.Socket.RemoteEndPoint!)}"));
        Stream stream = tcp;
        if (isSecure)
        {
            var tls = await TlsProbe.AuthenticateAsync(tcp, request, cancellationToken);
            var end = ((X509Certificate2)tls.RemoteCertificate!).NotAfter.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            steps.Add(new("tls", StepStatus.Ok, $"{tls.SslProtocol}, the certificate is valid until {end}"));
            stream = tls;
        }
        else
            steps.Add(new("tls", StepStatus.Note, "not used; the connection is not encrypted"));

        await using (stream)
        {
            var (answer, rest) = await Upgrade.AskAsync(stream, request, cancellationToken);
            steps.Add(new("upgrade", StepStatus.Ok, $"{answer.Status} {answer.Reason}".TrimEnd()));
            steps.Add(ProxyProbe.Describe(answer));
            steps.Add(request.Origin is null
                ? new("origin", StepStatus.Note, "not checked; --origin checks whether the server accepts a web page")
                : new("origin", StepStatus.Ok, $"a page of {request.Origin} may connect"));
            var deflate = Upgrade.Deflate(answer);
            steps.Add(new("compression", deflate is null ? StepStatus.Note : StepStatus.Ok, deflate is null ? "the server does not compress" : answer["Sec-WebSocket-Extensions"]));
            using var socket = WebSocket.CreateFromStream(
                new PrefixedStream(rest, stream), new WebSocketCreationOptions { DangerousDeflateOptions = deflate, KeepAliveInterval = TimeSpan.Zero });
            await SignIn.RunAsync(socket, request, steps, cancellationToken);
        }
    }

    // A dual-mode socket reports IPv4 addresses in their IPv6 form.
    private static IPEndPoint Shown(IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
}
