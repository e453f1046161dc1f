using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using TPacket.Server;
using TPacket.Server.Tests.Harness;
using TPacket.Tool.Check;
using TPacket.Tool.Commands;
using TPacket.Tool.Tests.Harness;

namespace TPacket.Tool.Tests;

public sealed class CheckTests
{
    [Fact]
    public async Task A_working_server_passes_every_step()
    {
        await using var server = await TestServer.StartAsync();

        var run = await ToolRun.RunAsync("check", server.Address, "--nick", "alice");

        Assert.Equal(
            $"""
            {server.Address}
              ok     tcp          connected to {server.EndPoint}
              note   tls          not used; the connection is not encrypted
              ok     upgrade      101 Switching Protocols
              note   proxy        the response names no proxy
              note   origin       not checked; --origin checks whether the server accepts a web page
              note   compression  the server does not compress
              ok     magic        the server accepts the magic string
              ok     nick         signed in as alice
            The server works.

            """.ReplaceLineEndings("\n"),
            run.Output);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Compression_that_is_agreed_on_is_named_and_used()
    {
        await using var server = await TestServer.StartAsync(options => options.Compression = true);

        var run = await ToolRun.RunAsync("check", server.Address);

        Assert.Contains("  ok     compression  permessage-deflate", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task A_port_where_nothing_listens_is_named()
    {
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        await FailsAsync($"ws://127.0.0.1:{port}/", "tcp", $"nothing listens on port {port} of 127.0.0.1", "Start the server");
    }

    [Fact]
    public Task A_name_without_an_address_is_named() => FailsAsync("ws://no-such-host.invalid/", "tcp", "no-such-host.invalid", "Check");

    [Fact]
    public async Task Plain_ws_to_a_port_with_TLS_suggests_wss()
    {
        using var certificate = new TestCertificate();
        await using var server = await TestServer.StartTlsAsync(certificate);

        await FailsAsync(server.Address, "upgrade", "the port uses TLS, but the address is ws://", $"Use wss://{server.EndPoint}/.");
    }

    [Fact]
    public async Task Wss_to_a_port_without_TLS_suggests_ws()
    {
        await using var server = await TestServer.StartAsync();

        await FailsAsync($"wss://{server.EndPoint}/", "tls", "the port did not respond in TLS", $"try {server.Address}.");
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted_is_named()
    {
        using var certificate = new TestCertificate();
        await using var server = await TestServer.StartTlsAsync(certificate);

        await FailsAsync($"wss://localhost:{server.EndPoint.Port}/", "tls", "the certificate of CN=localhost is not trusted", "A private authority");
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_named()
    {
        using var certificate = new TestCertificate();
        await using var server = await TestServer.StartTlsAsync(certificate);

        // The certificate is for localhost and 127.0.0.1. The IPv6 form of the address is a different name.
        await FailsAsync($"wss://[::ffff:127.0.0.1]:{server.EndPoint.Port}/", "tls", "the certificate of CN=localhost is not for", "Use the host name");
    }

    [Fact]
    public async Task A_certificate_that_the_machine_trusts_passes()
    {
        using var certificate = new TestCertificate();
        await using var server = await TestServer.StartTlsAsync(certificate);

        // The list of trusted authorities can be set only for a new process.
        var start = new ProcessStartInfo("dotnet", [typeof(ToolCommand).Assembly.Location, "check", $"wss://localhost:{server.EndPoint.Port}/"]) { RedirectStandardOutput = true };
        start.Environment["SSL_CERT_FILE"] = certificate.PemPath;
        using var process = Process.Start(start)!;
        using var deadline = Deadline.Start();
        var output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);

        Assert.Contains("  ok     tls          Tls1", output, StringComparison.Ordinal);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task A_wrong_path_is_named()
    {
        await using var server = await TestServer.StartAsync(options => options.Path = "/chat");

        await FailsAsync(server.Address + "caht", "upgrade", "404 Not Found: there is no WebSocket at /caht", "Check the path");
    }

    [Fact]
    public async Task An_origin_that_is_not_allowed_is_named()
    {
        await using var server = await TestServer.StartAsync(options => options.AllowedOrigins.Add("https://good.example"));

        await FailsAsync(server.Address, "origin", "to a page of https://bad.example", "Add the origin to AllowedOrigins", "--origin", "https://bad.example");
        var run = await ToolRun.RunAsync("check", server.Address, "--origin", "https://good.example");
        Assert.Contains("  ok     origin       a page of https://good.example may connect", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_origin_of_the_same_host_that_is_refused_points_to_the_headers_of_a_proxy()
    {
        await using var server = new ScriptedServer("HTTP/1.1 403 Forbidden\r\n\r\n");

        await FailsAsync(server.Address, "origin", "which has the host of the address", "add X-Forwarded-For", "--origin", "https://127.0.0.1");
        await FailsAsync(server.Address, "origin", "to a page of https://elsewhere.example", "Add the origin to AllowedOrigins", "--origin", "https://elsewhere.example");
    }

    [Fact]
    public async Task A_port_that_expects_the_PROXY_protocol_is_named()
    {
        await using var server = await TestServer.StartAsync(options => options.Endpoints.Add(new TPacketEndpointOptions { Address = "127.0.0.1", Port = 0, ProxyProtocol = true }));

        await FailsAsync(server.Address, "upgrade", "the port expects a PROXY protocol header", "Connect to the proxy");
    }

    [Theory]
    [InlineData("Via: 1.1 edge\r\nServer: nginx\r\n", "the response came through 1.1 edge")]
    [InlineData("Server: nginx\r\n", "the response is from nginx")]
    [InlineData("", "the response names no proxy")]
    public void A_proxy_is_named_from_the_headers_of_the_response(string headers, string text) =>
        Assert.Equal(text, ProxyProbe.Describe(UpgradeAnswer.Parse($"HTTP/1.1 101 Switching Protocols\r\n{headers}".TrimEnd())!).Text);

    [Fact]
    public async Task Another_magic_string_is_named_and_can_be_passed()
    {
        await using var server = await TestServer.StartAsync(options => options.MagicString = "sesame");

        await FailsAsync(server.Address, "magic", "the server closed with 1008", "pass it with --magic");
        Assert.Equal(0, (await ToolRun.RunAsync("check", server.Address, "--magic", "sesame")).ExitCode);
    }

    [Fact]
    public async Task A_nick_that_is_refused_is_named_with_its_error()
    {
        await using var server = await TestServer.StartAsync();

        await FailsAsync(server.Address, "nick", "NickInvalid (-12)", "--nick", "--nick", "\u200b");
    }

    [Theory]
    [InlineData("HTTP/1.1 401 Unauthorized\r\n\r\n", "401 Unauthorized", "--header")]
    [InlineData("HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.example/x?token=secret\r\n\r\n", "it redirects to https://elsewhere.example/x", "do not follow redirections")]
    [InlineData("HTTP/1.1 426 Upgrade Required\r\n\r\n", "the request did not arrive as an upgrade", "proxy")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n<html>", "an ordinary web page", "Check host")]
    [InlineData("HTTP/1.1 502 Bad Gateway\r\n\r\n", "a proxy responded", "Check that the server runs")]
    [InlineData("HTTP/1.1 503\r\n\r\n", "503: it accepts no more clients at present", "Wait")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n\r\n", "without the right Sec-WebSocket-Accept", "cache")]
    [InlineData("SSH-2.0-x\r\n\r\n", "the server's response is not HTTP/1.1", "another protocol")]
    [InlineData("", "the server closed the connection without a response", "Check host")]
    public async Task An_answer_that_is_no_upgrade_is_explained(string answer, string text, string advice)
    {
        await using var server = new ScriptedServer(answer);

        var run = await FailsAsync(server.Address, "upgrade", text, advice);

        Assert.DoesNotContain("secret", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_respond_times_out()
    {
        await using var server = new ScriptedServer(answer: null);

        await FailsAsync(server.Address, "upgrade", "did not answer the upgrade request within 0.1 s", "wss://", "--timeout", "0.1");
    }

    [Fact]
    public async Task Control_characters_from_a_peer_do_not_reach_the_terminal()
    {
        await using var server = new ScriptedServer("HTTP/1.1 500 \u001b[2J\r\n\r\n");

        var run = await FailsAsync(server.Address, "upgrade", "500 \\u001B[2J", "log");

        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public async Task Json_has_the_same_steps_for_machines()
    {
        await using var server = await TestServer.StartAsync(options => options.Path = "/chat");

        var run = await ToolRun.RunAsync("check", $"{server.Address}?token=secret", "--json");

        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(server.Address, json.RootElement.GetProperty("address").GetString());
        Assert.False(json.RootElement.GetProperty("ok").GetBoolean());
        var last = json.RootElement.GetProperty("steps").EnumerateArray().Last();
        Assert.Equal(("upgrade", "failed"), (last.GetProperty("step").GetString(), last.GetProperty("status").GetString()));
        Assert.StartsWith("Check the path", last.GetProperty("advice").GetString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failed, run.ExitCode);
    }

    [Fact]
    public async Task Ctrl_C_ends_a_check_without_a_report()
    {
        await using var server = new ScriptedServer(answer: null);
        using var interrupt = new CancellationTokenSource();

        var run = ToolRun.RunAsync(interrupt.Token, "check", server.Address);
        await interrupt.CancelAsync();

        Assert.Equal(new ToolRun(ExitCode.Interrupted, "", ""), await run.WaitAsync(Deadline.Limit));
    }

    [Theory]
    [InlineData("localhost:25021")]
    [InlineData("ftp://localhost/")]
    [InlineData("ws://localhost/", "--timeout", "0")]
    [InlineData("ws://localhost/", "--header", "nonsense")]
    [InlineData("ws://localhost/", "--origin", "nonsense")]
    public async Task Invalid_arguments_are_rejected(params string[] arguments)
    {
        var run = await ToolRun.RunAsync(["check", .. arguments]);

        Assert.NotEqual(0, run.ExitCode);
        Assert.NotEmpty(run.Errors);
    }

    private static async Task<ToolRun> FailsAsync(string address, string step, string text, string advice, params string[] arguments)
    {
        var run = await ToolRun.RunAsync(["check", address, .. arguments]);

        var lines = run.Output.Split('\n');
        Assert.StartsWith($"  failed {step,-12} ", lines[^4], StringComparison.Ordinal);
        Assert.Contains(text, lines[^4], StringComparison.Ordinal);
        Assert.StartsWith("         try ", lines[^3], StringComparison.Ordinal);
        Assert.Contains(advice, lines[^3], StringComparison.Ordinal);
        Assert.Equal("The check failed.", lines[^2]);
        Assert.Equal(ExitCode.Failed, run.ExitCode);
        return run;
    }
}
