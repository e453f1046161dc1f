using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TPacket.Compare;

/// <summary>The comparison over TLS, without the peer on plain sockets, which does not support TLS.</summary>
internal static class TlsComparison
{
    /// <summary>The measured servers, TPacket.Net first.</summary>
    public static IReadOnlyList<string> Servers { get; } = ["TPacket.Net", "Kestrel"];

    /// <summary>Measures echoes, and returns the median for each scenario and server.</summary>
    /// <param name="certificate">The path of the servers' certificate.</param>
    /// <param name="scenarios">The loads.</param>
    /// <param name="repetitions">The number of measurements of each.</param>
    /// <param name="duration">The duration of a measurement.</param>
    public static async Task<IReadOnlyList<ComparedScenario>> RunAsync(string certificate, IReadOnlyList<Scenario> scenarios, int repetitions, TimeSpan duration)
    {
        using var ours = Programs.EchoServerOverTls(certificate);
        using var kestrel = Programs.Peer("kestrel", "echo", certificate);
        ServerProcess[] servers = [ours, kestrel];
        foreach (var server in servers)
            await scenarios[^1].RunAsync(server, 2 * duration, overTls: true);
        var measured = scenarios.Select(_ => servers.Select(_ => new List<Measurement>()).ToList()).ToList();
        for (var repetition = 0; repetition < repetitions; repetition++)
        {
            foreach (var (scenario, of) in scenarios.Zip(measured))
            {
                foreach (var (server, into) in servers.Zip(of))
                    into.Add(await scenario.RunAsync(server, duration, overTls: true));
            }
        }

        return [.. scenarios.Zip(measured, (scenario, of) => new ComparedScenario($"{scenario.Name}, TLS", of.ConvertAll(Measurement.Median)))];
    }

    /// <summary>Creates a P-256 certificate for the servers of this run.</summary>
    /// <returns>The path of a PEM file with certificate and key. The caller deletes it.</returns>
    public static string CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var path = Path.Combine(Path.GetTempPath(), $"tpacket-{Guid.NewGuid():N}.pem");
        File.WriteAllText(path, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        return path;
    }
}
