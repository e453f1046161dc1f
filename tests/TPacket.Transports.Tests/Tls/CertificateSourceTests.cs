using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Tls;

/// <summary>A certificate is loaded from files and reloaded when they change, for later handshakes.</summary>
public sealed class CertificateSourceTests : IDisposable
{
    private readonly CertificateFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PEM_files_with_a_chain_are_loaded()
    {
        using var source = _folder.Open();
        Assert.Equal(_folder.Certificate.Thumbprint, source.Current.TargetCertificate.Thumbprint);
        Assert.True(source.Current.TargetCertificate.HasPrivateKey);
        Assert.Equal(TestCertificates.Issuer.Thumbprint, Assert.Single(source.Current.IntermediateCertificates).Thumbprint);
    }

    [Fact]
    public void One_file_may_contain_certificate_and_key()
    {
        var both = _folder.Add("both.pem", [.. File.ReadAllBytes(_folder.CertificatePath), .. File.ReadAllBytes(_folder.KeyPath)]);
        using var source = CertificateSource.FromPem(both, both);
        Assert.True(source.Current.TargetCertificate.HasPrivateKey);
    }

    [Fact]
    public void An_encrypted_key_needs_its_password()
    {
        File.WriteAllText(_folder.KeyPath, TestCertificates.KeyToPem(_folder.Certificate, "secret"));
        using var source = CertificateSource.FromPem(_folder.CertificatePath, _folder.KeyPath, "secret");
        Assert.True(source.Current.TargetCertificate.HasPrivateKey);
        AssertNamed(() => CertificateSource.FromPem(_folder.CertificatePath, _folder.KeyPath, "wrong"), _folder.KeyPath);
        AssertNamed(() => CertificateSource.FromPem(_folder.CertificatePath, _folder.KeyPath), _folder.KeyPath);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("secret")]
    public void A_PKCS_12_file_is_loaded(string? password)
    {
        var path = _folder.Add("server.pfx", TestCertificates.ToPfx(_folder.Certificate, password));
        using var source = CertificateSource.FromPfx(path, password);
        Assert.Equal(_folder.Certificate.Thumbprint, source.Current.TargetCertificate.Thumbprint);
        Assert.Equal(TestCertificates.Issuer.Thumbprint, Assert.Single(source.Current.IntermediateCertificates).Thumbprint);
        AssertNamed(() => CertificateSource.FromPfx(path, "wrong"), path);
    }

    [Fact]
    public void The_exception_names_files_that_cannot_be_used()
    {
        var away = Path.Combine(Path.GetDirectoryName(_folder.KeyPath)!, "away");
        AssertNamed(() => CertificateSource.FromPem(away, _folder.KeyPath), away);
        AssertNamed(() => CertificateSource.FromPem(_folder.CertificatePath, away), away);
        AssertNamed(() => CertificateSource.FromPfx(away), away);
        var rubbish = _folder.Add("rubbish", [1, 2, 3]);
        AssertNamed(() => CertificateSource.FromPem(rubbish, _folder.KeyPath), rubbish);
        AssertNamed(() => CertificateSource.FromPem(_folder.CertificatePath, rubbish), rubbish);
        AssertNamed(() => CertificateSource.FromPfx(rubbish), rubbish);
        using var other = TestCertificates.CreateServer();
        File.WriteAllText(_folder.KeyPath, TestCertificates.KeyToPem(other));
        AssertNamed(() => _folder.Open(), _folder.KeyPath);
        AssertNamed(() => CertificateSource.FromPfx(_folder.Add("no-key.pfx", TestCertificates.Root.Export(X509ContentType.Cert))), "no-key.pfx");
    }

    [Fact]
    public void Changed_files_are_loaded_at_most_once_per_period()
    {
        var reloads = new List<string>();
        using var source = _folder.Open(_time);
        source.Reloaded = certificate => reloads.Add(certificate.Thumbprint);
        source.ReloadFailed = static error => Assert.Fail(error.Message);
        var first = source.Current;
        _time.Advance(CertificateSource.CheckPeriod);
        Assert.Same(first, source.Current);

        var renewed = _folder.Renew();
        _time.Advance(CertificateSource.CheckPeriod - TimeSpan.FromTicks(1));
        Assert.Same(first, source.Current);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(renewed.Thumbprint, source.Current.TargetCertificate.Thumbprint);
        Assert.Equal([renewed.Thumbprint], reloads);
    }

    [Fact]
    public void Unusable_files_are_reported_once_and_the_certificate_is_kept()
    {
        var failures = new List<Exception>();
        using var source = _folder.Open(_time);
        source.ReloadFailed = failures.Add;
        var first = source.Current;
        using var next = TestCertificates.CreateServer();

        // The files are replaced one after the other, as in a renewal.
        File.WriteAllText(_folder.CertificatePath, TestCertificates.ToPem(next));
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(CertificateSource.CheckPeriod);
            Assert.Same(first, source.Current);
        }

        Assert.Contains(_folder.CertificatePath, Assert.Single(failures).Message, StringComparison.Ordinal);
        File.WriteAllText(_folder.KeyPath, TestCertificates.KeyToPem(next));
        _time.Advance(CertificateSource.CheckPeriod);
        Assert.Equal(next.Thumbprint, source.Current.TargetCertificate.Thumbprint);

        File.Delete(_folder.KeyPath);
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(CertificateSource.CheckPeriod);
            Assert.Equal(next.Thumbprint, source.Current.TargetCertificate.Thumbprint);
        }

        Assert.Equal(2, failures.Count);
    }

    [Fact]
    public void A_symbolic_link_to_new_files_is_followed()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var other = new CertificateFolder();
        var link = Path.Combine(Path.GetDirectoryName(_folder.KeyPath)!, "current");
        Directory.CreateSymbolicLink(link, Path.GetDirectoryName(_folder.KeyPath)!);
        using var source = CertificateSource.FromPem(Path.Combine(link, "server.pem"), Path.Combine(link, "server.key"), timeProvider: _time);
        Assert.Equal(_folder.Certificate.Thumbprint, source.Current.TargetCertificate.Thumbprint);
        Directory.Delete(link);
        Directory.CreateSymbolicLink(link, Path.GetDirectoryName(other.KeyPath)!);
        _time.Advance(CertificateSource.CheckPeriod);
        Assert.Equal(other.Certificate.Thumbprint, source.Current.TargetCertificate.Thumbprint);
    }

    [Fact]
    public void A_disposed_source_has_no_certificate()
    {
        var source = _folder.Open();
        source.Dispose();
        source.Dispose();
        Assert.Throws<ObjectDisposedException>(() => source.Current);
    }

    [Theory]
    [InlineData("Sockets")]
    [InlineData("OneLoop")]
    public async Task Handshakes_use_the_new_certificate_and_open_connections_continue(string transport)
    {
        var rented = new Rented();
        using (var source = _folder.Open(_time))
        using (var listening = TestTransports.Create(transport))
        {
            await using var listener = listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Start(
                connection =>
                {
                    var tls = TlsConnection.AsServer(connection, new TlsServerOptions { Certificate = source });
                    tls.Start(new Probe(tls)
                    {
                        Received = static (p, bytes) => Assert.Equal(bytes.Length, p.Connection.TrySend(bytes)),
                        EndOfInput = static p => p.Close(),
                    });
                },
                static _ => { });
            var first = _folder.Certificate;
            using var before = await ConnectAsync(listener, first);
            var renewed = _folder.Renew();
            _time.Advance(CertificateSource.CheckPeriod);
            using var after = await ConnectAsync(listener, renewed);
            foreach (var peer in new[] { before, after })
            {
                await peer.SendAsync("echo"u8.ToArray());
                Assert.Equal("echo"u8.ToArray(), await peer.ReceiveAsync(4));
                peer.ShutdownSend();
                Assert.Empty(await peer.ReceiveToEndAsync());
            }
        }

        await rented.ReturnedAsync();
    }

    private static async Task<TlsPeer> ConnectAsync(TransportListener listener, X509Certificate2 expected)
    {
        var peer = await TlsPeer.CreateAsync(await Peer.ConnectSocketAsync(listener.EndPoint), TlsPeer.Options());
        Assert.Equal(expected.RawData, peer.Stream.RemoteCertificate!.GetRawCertData());
        return peer;
    }

    private static void AssertNamed(Func<CertificateSource> open, string name)
    {
        var error = Record.Exception(open);
        Assert.True(error is CryptographicException or IOException, $"{error}");
        Assert.Contains(name, error!.Message, StringComparison.Ordinal);
    }
}
