using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Diagnostics;
using TPacket.Server;
using TPacket.Server.Diagnostics;

namespace TPacket.Fuzz.Targets;

/// <summary>
/// Checks a server's log. Whatever a peer sends, no event is an error or has an exception, and no message has characters that forge, hide or reorder its lines.
/// </summary>
/// <param name="least">The lowest level that is checked.</param>
internal sealed class LogOracle(LogLevel least) : ILoggerProvider, ILogger
{
    private string? _first;

    /// <summary>Registers this oracle as the log of a server. The server writes to the oracle on the thread that logs.</summary>
    public void AddTo(IServiceCollection services)
    {
        services.AddLogging(logging => logging.SetMinimumLevel(least).AddProvider(this));
        services.AddSingleton(static provider => new LogQueue(
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IOptions<TPacketServerOptions>>(), static writer => writer.Execute()));
        services.Configure<TPacketServerOptions>(static options => options.LogEventsPerMinute = 1_000_000);
    }

    public void ThrowIfAny()
    {
        var first = _first;
        _first = null;
        FindingException.Unless(first is null, first!);
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var message = formatter(state, exception);
        if (logLevel >= LogLevel.Error || exception is not null)
            _first ??= $"{eventId.Id} {message} {exception}";
        else if (!ReferenceEquals(message, Printable.Escape(message)))
            _first ??= $"{eventId.Id} is not printable: {Printable.Escape(message)}";
    }
}
