using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace SignIn;

/// <summary>Finds accounts by name and password. A real app uses a database, such as that of ASP.NET Core Identity.</summary>
internal sealed class AccountDirectory(IOptions<AccountOptions> options)
{
    private static readonly PasswordHasher<Account> _hasher = new();
    // Used for unknown names, so that the response time does not reveal which names exist.
    private static readonly Account _nobody = new() { PasswordHash = Hash("") };

    private readonly Dictionary<string, Account> _accounts = options.Value.Accounts.ToDictionary(static account => account.Name, StringComparer.Ordinal);

    /// <summary>Returns the salted hash of a password.</summary>
    public static string Hash(string password) => _hasher.HashPassword(new Account(), password);

    /// <summary>Returns the principal of an account; null if name or password is wrong.</summary>
    public ClaimsPrincipal? Find(string name, string password)
    {
        var isKnown = _accounts.TryGetValue(name, out var account);
        account ??= _nobody;
        if (_hasher.VerifyHashedPassword(account, account.PasswordHash, password) == PasswordVerificationResult.Failed || !isKnown)
            return null;
        var identity = new ClaimsIdentity(CookieAuthenticationDefaults.AuthenticationScheme, AccountClaim.Name, AccountClaim.Role);
        // The server identifies the owner of a session by this claim, and lets only the owner resume it.
        identity.AddClaim(new Claim(AccountClaim.Subject, account.Name));
        identity.AddClaim(new Claim(AccountClaim.Name, account.Name));
        identity.AddClaims(account.Roles.Select(static role => new Claim(AccountClaim.Role, role)));
        return new ClaimsPrincipal(identity);
    }
}
