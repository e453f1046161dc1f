using System.Globalization;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace TPacket.Server.Redis.Options;

/// <summary>
/// Validates the options at start. Each message names the setting, the allowed range and the value, but never the value of
/// Configuration, which may contain a password.
/// </summary>
internal sealed class RedisOptionsValidator : IValidateOptions<RedisOptions>
{
    private const int MaxPrefixLength = 64;

    public ValidateOptionsResult Validate(string? name, RedisOptions options)
    {
        var failures = new List<string>();
        if (!NamesServers(options.Configuration))
            failures.Add($"{RedisOptions.SectionName}:{nameof(options.Configuration)} must be a configuration string of StackExchange.Redis that names a server, such as localhost:6379.");
        if (string.IsNullOrWhiteSpace(options.KeyPrefix) || options.KeyPrefix.Length > MaxPrefixLength || options.KeyPrefix.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0 || options.KeyPrefix.AsSpan().ContainsAny('{', '}'))
            failures.Add($"{RedisOptions.SectionName}:{nameof(options.KeyPrefix)} must be 1 to {MaxPrefixLength} ASCII characters without spaces and braces.");
        Range(failures, nameof(options.NodeLease), options.NodeLease, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Range(failures, nameof(options.RenewalPeriod), options.RenewalPeriod, TimeSpan.FromMilliseconds(100), options.NodeLease / 3);
        Range(failures, nameof(options.SweepPeriod), options.SweepPeriod, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        Range(failures, nameof(options.QueueMessages), options.QueueMessages, 1, 10_000_000);
        Range(failures, nameof(options.DeliveryInterval), options.DeliveryInterval, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Range(failures, nameof(options.RetentionMessages), options.RetentionMessages, 0, 1_000_000);
        Range(failures, nameof(options.RetentionBytes), options.RetentionBytes, 0, int.MaxValue);
        Range(failures, nameof(options.RetentionPeriod), options.RetentionPeriod, TimeSpan.Zero, TimeSpan.FromDays(36_500));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static bool NamesServers(string configuration)
    {
        try
        {
            return !string.IsNullOrWhiteSpace(configuration) && ConfigurationOptions.Parse(configuration).EndPoints.Count > 0;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return false;
        }
    }

    private static void Range<T>(List<string> failures, string setting, T value, T least, T most)
        where T : IComparable<T>, IFormattable
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"{RedisOptions.SectionName}:{setting} must be {least} to {most}, but is {value}."));
    }
}
