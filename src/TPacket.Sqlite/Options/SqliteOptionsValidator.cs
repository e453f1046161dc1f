using System.Globalization;
using Microsoft.Extensions.Options;

namespace TPacket.Server.Sqlite.Options;

/// <summary>Validates the options at start. Each message names the setting, the allowed range and the value.</summary>
internal sealed class SqliteOptionsValidator : IValidateOptions<SqliteOptions>
{
    private const int MaxBuffer = 1 << 30;

    public ValidateOptionsResult Validate(string? name, SqliteOptions options)
    {
        var failures = new List<string>();
        if (string.IsNullOrWhiteSpace(options.Path) || options.Path.Contains('\0', StringComparison.Ordinal))
            failures.Add(Message(nameof(options.Path), "name a file", options.Path?.Replace("\0", "\\0", StringComparison.Ordinal)));
        if (!Enum.IsDefined(options.Durability))
            failures.Add(Message(nameof(options.Durability), $"be one of {string.Join(", ", Enum.GetNames<SqliteDurability>())}", options.Durability));
        Range(failures, nameof(options.CommitPeriod), options.CommitPeriod, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Range(failures, nameof(options.QueueOperations), options.QueueOperations, 1, 10_000_000);
        Range(failures, nameof(options.QueueBytes), options.QueueBytes, 1024, MaxBuffer);
        Range(failures, nameof(options.RetentionMessages), options.RetentionMessages, 0, 1_000_000_000);
        Range(failures, nameof(options.RetentionBytes), options.RetentionBytes, 0, int.MaxValue);
        Range(failures, nameof(options.RetentionPeriod), options.RetentionPeriod, TimeSpan.Zero, TimeSpan.FromDays(36_500));
        Range(failures, nameof(options.ReadConnections), options.ReadConnections, 1, 64);
        Range(failures, nameof(options.BusyTimeout), options.BusyTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Range(failures, nameof(options.CheckpointBytes), options.CheckpointBytes, 64 * 1024, MaxBuffer);
        Range(failures, nameof(options.MaxWalBytes), options.MaxWalBytes, 2L * options.CheckpointBytes, long.MaxValue);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Range<T>(List<string> failures, string setting, T value, T least, T most)
        where T : IComparable<T>, IFormattable
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            failures.Add(Message(setting, string.Create(CultureInfo.InvariantCulture, $"be {least} to {most}"), value.ToString(null, CultureInfo.InvariantCulture)));
    }

    private static string Message(string setting, string demand, object? found) =>
        $"{SqliteOptions.SectionName}:{setting} must {demand}, but is {(found is null or string { Length: 0 } ? "empty" : found)}.";
}
