using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TPacket.Samples.Tests.Harness;

namespace TPacket.Samples.Tests;

public sealed class OperationsTests : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(2));

    public void Dispose() => _deadline.Dispose();

    [Fact]
    public async Task Metrics_and_activities_reach_a_collector()
    {
        await using var collector = await Collector.StartAsync(_deadline.Token);
        await using var sample = await SampleProcess.StartOperationsAsync(
            _deadline.Token,
            $"--OTEL_EXPORTER_OTLP_ENDPOINT={collector.Address}",
            "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
            "--OTEL_METRIC_EXPORT_INTERVAL=200",
            "--OTEL_BSP_SCHEDULE_DELAY=200");
        using var alice = await PacketClient.ConnectAsync($"{sample.EndPoint}/rooms", _deadline.Token);
        Assert.Equal(PacketClient.RespOk, (await alice.AskAsync(PacketClient.SetUserNick, "alice")).Command);
        Assert.Equal(PacketClient.RespOk, (await alice.AskAsync(PacketClient.SetRoom, "lobby")).Command);

        await collector.HasAsync("metrics", "tpacket.server.active_connections", _deadline.Token);
        await collector.HasAsync("metrics", "SetRoom", _deadline.Token);
        await collector.HasAsync("traces", "tpacket SetRoom", _deadline.Token);
        await collector.HasAsync("traces", "append room", _deadline.Token);
    }

    [Fact]
    public async Task Probes_need_no_password_and_the_admin_page_needs_the_operators()
    {
        const string Path = "admin/api/servers";
        await using var sample = await SampleProcess.StartOperationsAsync(_deadline.Token, "--Operator:Password=correct horse");
        using var http = new HttpClient { BaseAddress = new Uri($"http://{sample.EndPoint}/") };
        Assert.Equal("ready\n", await http.GetStringAsync("health/ready", _deadline.Token));

        using var stranger = await http.GetAsync(Path, _deadline.Token);
        Assert.Equal((HttpStatusCode.Unauthorized, "Basic"), (stranger.StatusCode, stranger.Headers.WwwAuthenticate.Single().Scheme));
        http.DefaultRequestHeaders.Authorization = Basic("operator:wrong horse");
        using var guess = await http.GetAsync(Path, _deadline.Token);
        Assert.Equal(HttpStatusCode.Unauthorized, guess.StatusCode);
        http.DefaultRequestHeaders.Authorization = Basic("operator:correct horse");
        Assert.Equal("Open", (string)JsonNode.Parse(await http.GetStringAsync(Path, _deadline.Token))!["servers"]![0]!["state"]!);
    }

    [Fact]
    public async Task Without_a_password_no_user_is_the_operator()
    {
        await using var sample = await SampleProcess.StartOperationsAsync(_deadline.Token);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{sample.EndPoint}/") };
        http.DefaultRequestHeaders.Authorization = Basic("operator:");
        using var guess = await http.GetAsync("admin/", _deadline.Token);
        Assert.Equal(HttpStatusCode.Unauthorized, guess.StatusCode);
    }

    private static AuthenticationHeaderValue Basic(string account) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(account)));

    /// <summary>Receives OTLP over HTTP. Names are plain UTF-8 within the protobuf messages.</summary>
    private sealed class Collector(WebApplication app) : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<string, string> _received = new();
        private readonly SemaphoreSlim _news = new(0);

        public string Address => app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();

        public static async Task<Collector> StartAsync(CancellationToken deadline)
        {
            var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
            builder.Logging.ClearProviders();
            var app = builder.Build();
            var collector = new Collector(app);
            app.MapPost("/v1/{signal}", collector.TakeAsync);
            await app.StartAsync(deadline);
            return collector;
        }

        public async Task HasAsync(string signal, string text, CancellationToken deadline)
        {
            while (!_received.GetValueOrDefault(signal, "").Contains(text, StringComparison.Ordinal))
                await _news.WaitAsync(deadline);
        }

        public async ValueTask DisposeAsync() => await app.DisposeAsync();

        private async Task TakeAsync(HttpContext context)
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            var text = Encoding.Latin1.GetString(body.ToArray());
            _received.AddOrUpdate((string)context.Request.RouteValues["signal"]!, text, (_, before) => before + text);
            _news.Release();
        }
    }
}
