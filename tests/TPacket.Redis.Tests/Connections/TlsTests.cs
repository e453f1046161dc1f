using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TPacket.Redis.Tests.Harness;
using TPacket.Server.Tests.Harness;

namespace TPacket.Redis.Tests.Connections;

/// <summary>Servers that connect to Redis by TLS only.</summary>
[Collection(nameof(ServersCollection))]
public sealed class TlsTests(RedisFixture redis)
{
    // StackExchange.Redis trusts the issuer in the file that the configuration string names.
    private const string Issuer = "SERedis_IssuerCertPath";

    [Fact]
    public async Task Members_on_two_servers_talk_over_TLS()
    {
        await using var server = await RedisServer.StartAsync(redis.Program, static server =>
        {
            var (certificate, key) = WriteCertificate(server.Folder);
            return ["--tls-port", server.OtherPort.ToString(CultureInfo.InvariantCulture), "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate, "--tls-auth-clients", "no"];
        });
        Environment.SetEnvironmentVariable(Issuer, Path.Combine(server.Folder, "redis.crt"));
        try
        {
            await using var cluster = await TestCluster.StartAsync(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{server.OtherPort},ssl=true,sslHost=localhost"), 2);
            await using var alice = await cluster[0].SignInAsync("alice");
            await using var bob = await cluster[1].SignInAsync("bob");
            await alice.JoinAsync("lobby");
            await bob.JoinAsync("lobby");

            await bob.SendAsync(Wire.NewMsg, "hello");

            Assert.Equal("hello", (await alice.FenceUntilAsync(static p => p.Command == Wire.NewMsg))[^1].Text);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Issuer, null);
        }
    }

    private static (string Certificate, string Key) WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var files = (Path.Combine(folder, "redis.crt"), Path.Combine(folder, "redis.key"));
        File.WriteAllText(files.Item1, certificate.ExportCertificatePem());
        File.WriteAllText(files.Item2, key.ExportPkcs8PrivateKeyPem());
        return files;
    }
}
