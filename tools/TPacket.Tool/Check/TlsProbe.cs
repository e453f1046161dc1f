using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace TPacket.Tool.Check;

/// <summary>The step tls.</summary>
internal static class TlsProbe
{
    /// <summary>Runs the TLS handshake and verifies the certificate with the system's authorities.</summary>
    /// <exception cref="StepFailedException">The port does not use TLS, or the certificate is not valid.</exception>
    public static async Task<SslStream> AuthenticateAsync(NetworkStream tcp, CheckRequest request, CancellationToken cancellationToken)
    {
        string? objection = null;
        var tls = new SslStream(tcp, leaveInnerStreamOpen: true, (_, certificate, chain, errors) =>
        {
            objection = Objection(certificate, chain, errors, request.Address.IdnHost);
            return errors == SslPolicyErrors.None;
        });
        try
        {
            await Step.WithinAsync(
                "tls",
                request,
                "the server did not finish the TLS handshake",
                "The port may not use TLS. Try ws:// if the network is trusted.",
                async token =>
                {
                    await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = request.Address.IdnHost, ApplicationProtocols = [SslApplicationProtocol.Http11] }, token);
                    return true;
                },
                cancellationToken);
            return tls;
        }
        catch (AuthenticationException) when (objection is not null)
        {
            await tls.DisposeAsync();
            throw new StepFailedException("tls", objection,
                "Use the host name in the certificate, configure the server to send its whole chain, or renew the certificate. A private authority must be trusted by this machine.");
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            await tls.DisposeAsync();
            throw new StepFailedException("tls", $"the port did not respond in TLS: {e.InnerException?.Message ?? e.Message}",
                $"If the port uses plain HTTP, try {ServerAddress.With(request.Address, "ws").GetLeftPart(UriPartial.Path)}. Otherwise check the server's TLS versions.");
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns whether the port uses TLS, with any certificate.</summary>
    public static async Task<bool> SpeaksTlsAsync(CheckRequest request, CancellationToken cancellationToken)
    {
        var seen = false;
        try
        {
            await using var tcp = await Dialing.ConnectAsync(request, cancellationToken);
            // The callback rejects every certificate, so nothing is sent.
            await using var tls = new SslStream(tcp, leaveInnerStreamOpen: true, (_, _, _, _) =>
            {
                seen = true;
                return false;
            });
            await Step.WithinAsync(
                "tls",
                request,
                "",
                "",
                async token =>
                {
                    await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = request.Address.IdnHost }, token);
                    return true;
                },
                cancellationToken);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or StepFailedException)
        {
            // Either the port does not use TLS, or the callback has rejected its certificate and set `seen`.
        }

        return seen;
    }

    private static string? Objection(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, string host)
    {
        if (errors == SslPolicyErrors.None)
            return null;
        if (certificate is null)
            return "the server has no certificate";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"the certificate of {certificate.Subject} is not for {host}";
        var reasons = chain?.ChainStatus.Select(static status => status.StatusInformation.Trim()).Distinct() ?? [];
        return $"the certificate of {certificate.Subject} is not trusted: {string.Join("; ", reasons)}";
    }
}
