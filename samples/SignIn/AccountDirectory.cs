using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace SignIn;

/// <summary>Finds accounts by name and password. An app has a database in its place, as ASP.NET Core Identity is.</summary>
internal sealed class AccountDirectory(IOptions<AccountOptions> options)
{
    private static readonly PasswordHasher<Account> _hasher = new();
    // Takes the place of a name that does not exist, so that the time of an answer says nothing about names.
    private static readonly Account _nobody = new() { PasswordHash = Hash("") };

    private readonly Dictionary<string, Account> _accounts = options.Value.Accounts.ToDictionary(static account => account.Name, StringComparer.Ordinal);

    /// <summary>The hash of a password, with a salt of its own.</summary>
    public static string Hash(string password) => _hasher.HashPassword(new Account(), password);

    /// <summary>The principal of an account; null where name or password is wrong.</summary>
    public ClaimsPrincipal? Find(string name, string password)
    {
        var isKnown = _accounts.TryGetValue(name, out var account);
        account ??= _nobody;
        if (_hasher.VerifyHashedPassword(account, account.PasswordHash, password) == PasswordVerificationResult.Failed || !isKnown)
            return null;
        var identity = new ClaimsIdentity(CookieAuthenticationDefaults.AuthenticationScheme, AccountClaim.Name, AccountClaim.Role);
        // The server lets a session be resumed by the principal that began it, which it knows by this claim.
        identity.AddClaim(new Claim(AccountClaim.Subject, account.Name));
        identity.AddClaim(new Claim(AccountClaim.Name, account.Name));
        identity.AddClaims(account.Roles.Select(static role => new Claim(AccountClaim.Role, role)));
        return new ClaimsPrincipal(identity);
    }
}
