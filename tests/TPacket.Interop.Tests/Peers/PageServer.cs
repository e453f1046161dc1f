using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace TPacket.Interop.Tests.Peers;

/// <summary>Serves the steered page to a browser, sends lines to the page, and receives its lines.</summary>
internal sealed class PageServer : Steering, IAsyncDisposable
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly IReadOnlyDictionary<string, string> _files;
    private readonly WebApplication _app;

    private PageServer(IReadOnlyDictionary<string, string> files, WebApplication app)
    {
        _files = files;
        _app = app;
    }

    public Uri Page => new(_app.Urls.Single());

    /// <param name="files">The served files by the paths of their addresses; <c>/</c> is the page. Relative paths of files begin at the folder of the tests.</param>
    public static async Task<PageServer> StartAsync(IReadOnlyDictionary<string, string> files)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new PageServer(files, builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Returns when the page has loaded.</summary>
    public Task LoadedAsync() => Ready;

    /// <summary>Reports that the browser has ended.</summary>
    public void OnEnded(string why) => OnGone($"The browser has ended. {why}");

    public override void Write(string line) => _lines.Writer.TryWrite(line);

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _app.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/next" => GiveLinesAsync(context),
        "/events" => TakeEventsAsync(context),
        var path => SendFileAsync(context.Response, path!),
    };

    /// <summary>Returns all pending lines, and waits for at least one.</summary>
    private async Task GiveLinesAsync(HttpContext context)
    {
        if (!await _lines.Reader.WaitToReadAsync(context.RequestAborted))
            return;
        var lines = new List<string>();
        while (_lines.Reader.TryRead(out var line))
            lines.Add(line);
        await context.Response.WriteAsync(string.Join('\n', lines));
    }

    private async Task TakeEventsAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        foreach (var line in (await reader.ReadToEndAsync(context.RequestAborted)).Split('\n'))
            OnLine(line);
    }

    private async Task SendFileAsync(HttpResponse response, string path)
    {
        if (!_files.TryGetValue(path, out var file))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        response.ContentType = file.EndsWith(".html", StringComparison.Ordinal) ? "text/html" : "text/javascript";
        await response.SendFileAsync(Path.Combine(AppContext.BaseDirectory, file));
    }
}
