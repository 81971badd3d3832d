# What both scripts begin with: parts of one JSON document, each the objects of a class or why it
# could not be asked.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$parts = [ordered]@{}

function Part($name, $ask) {
  try { $parts[$name] = @(& $ask) }
  catch { $parts[$name] = @{ error = "$($_.FullyQualifiedErrorId): $($_.Exception.Message)" } }
}

# A reference to another object: an object to CIM, a path to WMI, anything else is itself.
function Plain($value) {
  if ($null -eq $value.CimSystemProperties) { return $value }
  $key = $value.DeviceID
  if (-not $key) { $key = $value.Name }
  '{0}.DeviceID="{1}"' -f $value.CimSystemProperties.ClassName, $key
}

# The answer, as bytes: a console would write it in the code page of its country.
function Answer($kind) {
  $json = [ordered]@{ $kind = 1; parts = $parts } | ConvertTo-Json -Depth 6 -Compress
  try {
    $bytes = [Text.Encoding]::UTF8.GetBytes($json)
    $out = [Console]::OpenStandardOutput()
    $out.Write($bytes, 0, $bytes.Length)
    $out.Flush()
  } catch { $json }
}
